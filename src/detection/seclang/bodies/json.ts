import type { Latin1 } from "../../../core/index.ts"
import { badUtf8At } from "../operators/validate-encoding.ts"
import { createValue, type Value } from "../run/value.ts"
import type { BodyContent, BodyInput } from "./body.ts"

/**
 * Every value of a JSON document with its path (`json.user.name`, `json.tags.array_0`), as ModSecurity names them. Read by hand:
 * of a doubled name both values are kept, and what stands before a mistake too.
 */
export function parseJson({ raw, settings }: BodyInput): BodyContent {
  const reader = createReader(raw, settings.jsonDepthLimit, settings.argumentsLimit)
  return { fields: reader.fields, error: reader.read() ?? encodingError(raw) }
}

/** RFC 8259 §8.1; what was read is kept all the same. */
function encodingError(raw: Latin1): string | null {
  const at = badUtf8At(raw)
  return at < 0 ? null : `JSON: not UTF-8 at byte ${at}`
}

class JsonError extends Error {}

function createReader(text: Latin1, depthLimit: number, fieldsLimit: number) {
  const fields: Value[] = []
  const stops = /["\\\0-\x1f]/g
  let at = 0

  const fail = (message: string): never => {
    throw new JsonError(`JSON: ${message} at byte ${at}`)
  }
  const skipBlanks = () => {
    while (isBlank(text.charCodeAt(at))) at++
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return undefined
    const start = at
    at = pattern.lastIndex
    return text.slice(start, at)
  }
  const add = (path: string, value: Latin1) => {
    if (fields.length < fieldsLimit) {
      fields.push(createValue(path, value))
      return
    }
    // What is beyond the limit stays together with the last of them, so that nothing hides behind it.
    const last = fields.pop()
    fields.push(createValue(last?.key ?? path, (last?.text ?? "") + value + text.slice(at)))
    fail("more values than SecArgumentsLimit")
  }

  const readValue = (path: string, depth: number): void => {
    skipBlanks()
    const character = text.charAt(at)
    if (depth > depthLimit && (character === "{" || character === "[")) fail("deeper than SecRequestBodyJsonDepthLimit")
    if (character === "{") readObject(path, depth)
    else if (character === "[") readArray(path, depth)
    else if (character === '"') add(path, readString())
    else {
      const scalar =
        match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null/y) ?? fail("a value is missing")
      add(path, scalar === "null" ? "" : scalar)
    }
  }

  const readObject = (path: string, depth: number): void => {
    at++
    skipBlanks()
    if (text.charAt(at) === "}") return void at++
    for (;;) {
      skipBlanks()
      if (text.charAt(at) !== '"') fail("a name is missing")
      const name = readString()
      skipBlanks()
      if (text.charAt(at++) !== ":") fail("a colon is missing")
      readValue(`${path}.${name === "" ? "empty-key" : name}`, depth + 1)
      if (endsWith("}")) return
    }
  }

  const readArray = (path: string, depth: number): void => {
    at++
    skipBlanks()
    if (text.charAt(at) === "]") return void at++
    for (let index = 0; ; index++) {
      readValue(`${path}.array_${index}`, depth + 1)
      if (endsWith("]")) return
    }
  }

  const endsWith = (closing: string): boolean => {
    skipBlanks()
    const character = text.charAt(at++)
    if (character === closing) return true
    return character === "," ? false : fail(`"," or "${closing}" is missing`)
  }

  /** By hand: a regular expression over a text of megabytes would keep a way back for each byte. */
  const readString = (): Latin1 => {
    const start = ++at
    for (let escaped = false; ; ) {
      stops.lastIndex = at
      at = stops.test(text) ? stops.lastIndex - 1 : text.length
      const character = text.charAt(at)
      if (character === '"') {
        const inside = text.slice(start, at++)
        return escaped ? decodeEscapes(inside) : inside
      }
      if (character !== "\\") fail("a text is not closed")
      escaped = true
      if (match(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y) === undefined) fail("a bad escape")
    }
  }

  return {
    fields,
    /** What is wrong, or null. */
    read: (): string | null => {
      try {
        readValue("json", 1)
        skipBlanks()
        return at < text.length ? fail("more text behind the document") : null
      } catch (error) {
        if (error instanceof JsonError) return error.message
        throw error
      }
    },
  }
}

const isBlank = (code: number) => code === 32 || code === 10 || code === 13 || code === 9

const simple: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }

/** Escapes as bytes: characters beyond ASCII become UTF-8. */
function decodeEscapes(text: Latin1): Latin1 {
  return text.replace(/(?:\\u[0-9a-fA-F]{4})+|\\(.)/g, (whole, letter: string | undefined) => {
    if (letter !== undefined) return Object.hasOwn(simple, letter) ? (simple[letter] ?? letter) : letter
    const units = whole.slice(2).split("\\u")
    return (
      Buffer.from(String.fromCharCode(...units.slice(0, maxUnits).map((unit) => Number.parseInt(unit, 16)))).toString(
        "latin1",
      ) + (units.length > maxUnits ? decodeEscapes(`\\u${units.slice(maxUnits).join("\\u")}`) : "")
    )
  })
}

// Arguments of one call; more go in the next.
const maxUnits = 4096
