import { covers, parseAddress, parseCidr } from "../../../core/index.ts"
import { type OperatorFactory, wholeValue } from "./operator.ts"

/** `@ipMatch`: an address inside one of these, separated by commas. */
export const ipMatch: OperatorFactory = (argument) => {
  const prefixes = argument.split(",").map((text) => {
    const parsed = parseCidr(text.trim())
    if (parsed === undefined) throw new Error(`"${text.trim()}" is not an address or a prefix`)
    return parsed
  })
  return (value) => {
    const address = parseAddress(value)
    return address !== undefined && prefixes.some((prefix) => covers(prefix, address)) ? wholeValue(value) : undefined
  }
}
