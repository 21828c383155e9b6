import type { Latin1 } from "../../../core/index.ts"
import type { BodyContent, BodyInput } from "./body.ts"

// libxml2's own limit.
const maxDepth = 256
const maxAttributes = 10_000

/** The text and the attributes of an XML document. Entities of the document's own are left as they are: nothing is ever loaded. */
export function parseXml({ raw }: BodyInput): BodyContent {
  const attributes: Latin1[] = []
  const text: Latin1[] = []
  const open: Latin1[] = []
  let roots = 0
  let at = 0

  const result = (problem: string | null): BodyContent => ({
    xml: { text: text.join(""), attributes },
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

  while (at < raw.length) {
    if (raw.charAt(at) !== "<") {
      const end = raw.indexOf("<", at)
      const piece = raw.slice(at, end < 0 ? raw.length : end)
      if (open.length > 0) text.push(decodeEntities(piece))
      else if (/[^\s\xef\xbb\xbf]/.test(piece)) return result("text outside of the document")
      at += piece.length
    } else if (raw.startsWith("<!--", at)) {
      if (!skipTo("-->")) return result("a comment is never closed")
    } else if (raw.startsWith("<![CDATA[", at)) {
      const from = at + 9
      if (!skipTo("]]>")) return result("a CDATA section is never closed")
      text.push(raw.slice(from, at - 3))
    } else if (raw.startsWith("<?", at)) {
      if (!skipTo("?>")) return result("an instruction is never closed")
    } else if (raw.startsWith("<!", at)) {
      if (match(/<!DOCTYPE[^[>]*(?:\[(?:[^\]"']|"[^"]*"|'[^']*')*\]\s*)?>/y) === null)
        return result("a bad declaration")
    } else if (raw.startsWith("</", at)) {
      const name = match(/<\/([^\s>]+)\s*>/y)?.[1]
      if (name === undefined || open.pop() !== name) return result("an end tag without its beginning")
    } else {
      const name = match(/<([A-Za-z_:\x80-\xff][^\s/>=<]*)/y)?.[1]
      if (name === undefined) return result("a bad tag")
      if (open.length === 0 && roots++ > 0) return result("more than one root")
      for (;;) {
        const attribute = match(/\s+([^\s=/>"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y)
        if (attribute === null) break
        const [, key = "", double, quoted] = attribute
        if (key === "xmlns" || key.startsWith("xmlns:")) continue
        if (attributes.length >= maxAttributes) return result("more attributes than are read")
        attributes.push(decodeEntities(double ?? quoted ?? ""))
      }
      const end = match(/\s*(\/?)>/y)
      if (end === null) return result("a bad tag")
      if (end[1] === "") open.push(name)
      if (open.length > maxDepth) return result(`deeper than ${maxDepth}`)
    }
  }
  if (open.length > 0) return result("an element is never closed")
  return result(roots === 0 ? "no document" : null)
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }

function decodeEntities(text: Latin1): Latin1 {
  if (!text.includes("&")) return text
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/g,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return named[name] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0x10ffff ? whole : Buffer.from(String.fromCodePoint(code)).toString("latin1")
    },
  )
}
