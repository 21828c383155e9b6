import type { Latin1 } from "../../../core/index.ts"
import type { BodyContent, BodyInput } from "./body.ts"
import { createXmlArguments } from "./xml-arguments.ts"
import { createEntities } from "./xml-entities.ts"

// libxml2's own limit.
const maxDepth = 256
const maxAttributes = 10_000

/** The text and the attributes of an XML document. */
export function parseXml({ raw, settings }: BodyInput): BodyContent {
  const attributes: Latin1[] = []
  const text: Latin1[] = []
  const open: Latin1[] = []
  const entities = createEntities()
  const args = settings.xmlIntoArguments === "off" ? null : createXmlArguments(settings.argumentsLimit)
  let roots = 0
  let at = 0

  const result = (problem: string | null): BodyContent => ({
    xml: roots === 0 || settings.xmlIntoArguments === "only" ? null : { text: text.join(""), attributes },
    fields: args?.values ?? [],
    error: problem === null ? null : `XML: ${problem} at byte ${at}`,
  })
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(raw)
    if (found !== null) at += found[0].length
    return found
  }
  /** Passes over what ends with `end`; false when it never does. */
  const skipTo = (end: string): boolean => {
    const found = raw.indexOf(end, at)
    at = found < 0 ? raw.length : found + end.length
    return found >= 0
  }

  const add = (piece: Latin1) => {
    text.push(piece)
    args?.text(piece)
  }

  while (at < raw.length) {
    if (raw.charAt(at) !== "<") {
      const end = raw.indexOf("<", at)
      const piece = raw.slice(at, end < 0 ? raw.length : end)
      if (open.length > 0) add(entities.decode(piece))
      else if (/[^\s\xef\xbb\xbf]/.test(piece)) return result("text outside of the document")
      at += piece.length
    } else if (raw.startsWith("<!--", at)) {
      if (!skipTo("-->")) return result("a comment is never closed")
    } else if (raw.startsWith("<![CDATA[", at)) {
      const from = at + 9
      if (!skipTo("]]>")) return result("a CDATA section is never closed")
      add(raw.slice(from, at - 3))
    } else if (raw.startsWith("<?", at)) {
      if (match(/<\?[A-Za-z_:\x80-\xff][\w:.\-\x80-\xff]*(?=\s|\?>)/y) === null)
        return result("an instruction without a name")
      if (!skipTo("?>")) return result("an instruction is never closed")
    } else if (raw.startsWith("<!", at)) {
      const type = match(/<!DOCTYPE[^[>]*(?:\[(?:[^\]"']|"[^"]*"|'[^']*')*\]\s*)?>/y)
      if (type === null) return result("a bad declaration")
      entities.declare(type[0])
    } else if (raw.startsWith("</", at)) {
      const name = match(/<\/([^\s>]+)\s*>/y)?.[1]
      if (name === undefined || open.pop() !== name) return result("an end tag without its beginning")
      args?.end()
    } else {
      const name = match(/<([A-Za-z_:\x80-\xff][\w:.\-\x80-\xff]*)/y)?.[1]
      if (name === undefined) return result("a bad tag")
      if (open.length === 0 && roots++ > 0) return result("more than one root")
      for (;;) {
        const attribute = match(/\s+([A-Za-z_:\x80-\xff][\w:.\-\x80-\xff]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y)
        if (attribute === null) break
        const [, key = "", double, quoted] = attribute
        const value = entities.decode(double ?? quoted ?? "")
        if (/^xmlns(?::.+)?$/.test(key)) continue
        if (attributes.length >= maxAttributes) return result("more attributes than are read")
        attributes.push(value)
      }
      const end = match(/\s*(\/?)>/y)
      if (end === null) return result("a bad tag")
      if (end[1] === "") {
        open.push(name)
        args?.begin(name)
      }
      if (open.length > maxDepth) return result(`deeper than ${maxDepth}`)
    }
  }
  if (open.length > 0) return result("an element is never closed")
  if (args?.isOver() === true) return result("more values than SecArgumentsLimit")
  // XML 1.0 §2.2: not even in a comment.
  if (/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(raw)) return result("a control character")
  if (text.some((piece) => piece.includes("]]>"))) return result("the end of a CDATA section without its beginning")
  return result(roots === 0 ? "no document" : entities.problem())
}
