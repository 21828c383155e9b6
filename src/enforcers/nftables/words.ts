import { type NftCommand, record } from "./json.ts"

// Of a set that is written anew, the first.
const maxShown = 20

/** A JSON command as nft's own language says it: `nft add element inet thwart inbound4 { 203.0.113.7 timeout 3600s }`. */
export function commandText(command: NftCommand): string {
  const [[verb = "", what] = []] = Object.entries(command)
  const [[kind = "", of] = []] = Object.entries(record(what))
  const { family, table, name, elem, chain } = record(of)
  const place = [family, table ?? name, table === undefined ? undefined : (name ?? chain)].filter(
    (part) => part !== undefined,
  )
  const elements = Array.isArray(elem) ? ` { ${shown(elem)} }` : ""
  return `nft ${verb} ${kind} ${place.join(" ")}${elements}`
}

function shown(elements: readonly unknown[]): string {
  const more = elements.length > maxShown ? `, … ${elements.length - maxShown} more` : ""
  return elements.slice(0, maxShown).map(elementText).join(", ") + more
}

function elementText(raw: unknown): string {
  const { elem } = record(raw)
  if (elem === undefined) return valueText(raw)
  const { val, timeout } = record(elem)
  return `${valueText(val)}${typeof timeout === "number" ? ` timeout ${timeout}s` : ""}`
}

function valueText(val: unknown): string {
  if (typeof val === "string") return val
  const { addr, len } = record(record(val).prefix)
  return `${String(addr)}/${String(len)}`
}
