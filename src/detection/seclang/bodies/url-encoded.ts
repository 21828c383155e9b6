import type { Latin1 } from "../../../core/index.ts"
import { createValue, type Value } from "../run/value.ts"
import type { Settings } from "../settings.ts"
import { formDecode } from "../transformations/url-decode.ts"
import type { BodyContent, BodyInput } from "./body.ts"

export function parseUrlEncoded({ raw, settings }: BodyInput): BodyContent {
  return {
    fields: readPairs(raw, settings),
    badEncoding: hasBadEncoding(raw),
    error: countsOver(raw, settings) ? "More arguments than SecArgumentsLimit" : null,
  }
}

/** `a=1&b=2`; between two separators stands an argument too, if an empty one. What is beyond the limit of arguments stays together as the last of them. */
export function readPairs(
  text: Latin1,
  { argumentsLimit, argumentSeparator }: Pick<Settings, "argumentsLimit" | "argumentSeparator">,
): readonly Value[] {
  const pairs: Value[] = []
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf(argumentSeparator, at)
    const end = found < 0 || pairs.length === argumentsLimit - 1 ? text.length : found
    pairs.push(readPair(text.slice(at, end)))
    at = end + 1
  }
  return pairs
}

function readPair(pair: Latin1): Value {
  const equals = pair.indexOf("=")
  return equals < 0
    ? createValue(formDecode(pair), "")
    : createValue(formDecode(pair.slice(0, equals)), formDecode(pair.slice(equals + 1)))
}

/** True when a `%` has no two hexadecimal digits behind it. */
export function hasBadEncoding(text: Latin1): boolean {
  return text.includes("%") && /%(?![0-9a-fA-F]{2})/.test(text)
}

function countsOver(text: Latin1, { argumentsLimit, argumentSeparator }: Settings): boolean {
  let count = text.endsWith(argumentSeparator) ? 0 : 1
  for (let at = text.indexOf(argumentSeparator); at >= 0; at = text.indexOf(argumentSeparator, at + 1)) count++
  return count > argumentsLimit
}
