import type { Latin1 } from "../../../../core/index.ts"
import { bytesOf } from "../../regex/byte-set.ts"
import { events } from "./events.ts"

/** What the value of an attribute can do: nothing, anything, load a URL, style, or name another attribute. */
export type AttributeKind = "harmless" | "black" | "url" | "style" | "indirect"

const tags = new Set(
  "APPLET BASE COMMENT EMBED FRAME FRAMESET HANDLER IFRAME IMPORT ISINDEX LINK LISTENER META NOSCRIPT OBJECT SCRIPT STYLE VMLFRAME XML XSS".split(
    " ",
  ),
)

const attributes: ReadonlyMap<string, AttributeKind> = new Map<string, AttributeKind>([
  ["ATTRIBUTENAME", "indirect"],
  ["DATAFORMATAS", "black"],
  ["DATASRC", "black"],
  ["FILTER", "style"],
  ["STYLE", "style"],
  ..."ACTION BY BACKGROUND DYNSRC FORMACTION FOLDER FROM HANDLER HREF LOWSRC POSTER SRC TO VALUES XLINK:HREF"
    .split(" ")
    .map((name) => [name, "url"] as const),
])

/**
 * What every input has that `detectXss` finds, letters in lower case: a tag or a comment, or else an attribute with its value. An
 * attribute is suspicious by its name, or by the scheme of its URL.
 */
export const xssNeeds = {
  literals: [
    ...events.map((event) => `on${event}`),
    ...["XMLNS", "XLINK", "STYLE", "FILTER", "ATTRIBUTENAME", "DATAFORMATAS", "DATASRC"],
    ...["DATA", "VIEW-SOURCE", "JAVA", "VBSCRIPT", "&#"],
  ].map((text) => text.toLowerCase()),
  // Names and schemes may be broken by these.
  unless: bytesOf(60, 0, 10),
  bytes: [bytesOf(60, 61)],
} as const

/** Browsers used to ignore NULs in names. */
const plain = (name: Latin1) => name.replaceAll("\0", "").toUpperCase()

/** Tags that run or load something by themselves. */
export function isBlackTag(name: Latin1): boolean {
  return name.length >= 3 && (tags.has(plain(name)) || /^(?:svg|xsl)/i.test(name))
}

export function kindOfAttribute(name: Latin1): AttributeKind {
  if (name.length < 2) return "harmless"
  if (name.length >= 5) {
    const upper = name.toUpperCase()
    if (upper.startsWith("ON") && events.some((event) => upper.startsWith(event, 2))) return "black"
    // Both make elements of any kind.
    if (upper.startsWith("XMLNS") || upper.startsWith("XLINK")) return "black"
  }
  return attributes.get(plain(name)) ?? "harmless"
}

const schemes = ["DATA", "VIEW-SOURCE", "JAVA", "VBSCRIPT"]

/** URLs that run code, however they are encoded. */
export function isBlackUrl(value: Latin1): boolean {
  const begin = value.replace(/^[\0-\x20\x7f-\xff]+/, "")
  const decoded = decodedStart(begin)
  return schemes.some((scheme) => decoded.startsWith(scheme))
}

// As long as the longest scheme.
const longest = 11
const entity = /&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?/y
const highest = 0x1000ff

/** The first bytes with their entities decoded, in upper case, without what browsers ignore. */
function decodedStart(value: Latin1): string {
  let text = ""
  for (let at = 0; at < value.length && text.length < longest; ) {
    const { code, end } = decodeAt(value, at)
    at = end
    // Blanks before, and NULs and line ends anywhere, are ignored.
    if ((text === "" && code <= 32) || code === 0 || code === 10) continue
    text += String.fromCharCode(code & 0xff)
  }
  return text.toUpperCase()
}

function decodeAt(value: Latin1, at: number): { readonly code: number; readonly end: number } {
  entity.lastIndex = at
  const found = value[at] === "&" ? entity.exec(value) : null
  if (found === null) return { code: value.charCodeAt(at), end: at + 1 }
  const code = Number.parseInt(found[1] ?? found[2] ?? "", found[1] === undefined ? 10 : 16)
  return code > highest ? { code: value.charCodeAt(at), end: at + 1 } : { code, end: at + found[0].length }
}
