// No tool nests its records as deep; what reads them never goes down further than it knows.
const deepest = 64

/** The value of a JSON text; undefined for what is none, or is nested too deep. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // No JSON: told by the caller.
  }
}

function isTooDeep(text: string): boolean {
  let [depth, inString] = [0, false]
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (inString) {
      if (character === 0x5c) at++
      else if (character === 0x22) inString = false
    } else if (character === 0x22) inString = true
    else if (character === 0x5b || character === 0x7b) {
      if (++depth > deepest) return true
    } else if (character === 0x5d || character === 0x7d) depth--
  }
  return false
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** What stands at a path of keys; undefined where something on the way is no object. Only own keys count. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here: unknown = value
  for (const key of path) here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined
  return here ?? undefined
}

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === "string" && found !== "" ? found : undefined
}

/** A time of RFC 3339 in milliseconds. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" && value.length <= 64 ? Date.parse(value) : Number.NaN
  return time >= 0 ? time : undefined
}
