import type { Latin1, Millis } from "../../core/index.ts"

export interface Quoted {
  readonly text: Latin1
  /** Where the closing quote stands. */
  readonly end: number
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["b", "\b"],
  ["f", "\f"],
  ["a", "\x07"],
])

/** Reads a quoted field from its opening quote on, undoing what nginx and Apache escape; undefined without an end. */
export function readQuoted(line: Latin1, start: number): Quoted | undefined {
  if (line[start] !== '"') return undefined
  let text = ""
  let from = start + 1
  for (let at = from; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === 0x22) return { text: text + line.slice(from, at), end: at }
    if (code !== 0x5c) continue
    const hex = /^[0-9A-Fa-f]{2}/.exec(line.slice(at + 2, at + 4))?.[0]
    const isHex = line[at + 1] === "x" && hex !== undefined
    const next = line[at + 1] ?? ""
    text += line.slice(from, at) + (isHex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes.get(next) ?? next))
    at += isHex ? 3 : 1
    from = at + 1
  }
  return undefined
}

const months: readonly string[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")

/** `readLogTime` for lines that follow one another, of which many were written in the same second. */
export function createLogTimeReader(): (text: string) => Millis | undefined {
  let [last, at]: [string, Millis | undefined] = ["", undefined]
  return (text) => {
    if (text !== last) [last, at] = [text, readLogTime(text)]
    return at
  }
}

/** `10/Oct/2000:13:55:36 -0700`, or ISO 8601. */
export function readLogTime(text: string): Millis | undefined {
  const parts = /^(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))? ([+-])(\d\d)(\d\d)$/.exec(
    text,
  )
  if (parts === null) {
    const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(at) ? undefined : at
  }
  const [, day, month = "", year, hour, minute, second, fraction = "0", sign, zoneHour, zoneMinute] = parts
  const index = months.indexOf(month)
  if (index < 0) return undefined
  const zoneMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000 * (sign === "-" ? -1 : 1)
  const local = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second))
  return local + Math.floor(Number(`0.${fraction}`) * 1000) - zoneMs
}
