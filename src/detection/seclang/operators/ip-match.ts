import { type Cidr, covers, parseAddress, parseCidr } from "../../../core/index.ts"
import { Mistake } from "../syntax/mistake.ts"
import { type Operator, type OperatorDefinition, wholeValue } from "./operator.ts"

/** An address inside one of these, separated by commas. */
export const ipMatch: OperatorDefinition = {
  name: "ipMatch",
  compile: (argument) => addressOperator(argument.split(",")),
}

/** As `ipMatch`, with one address or prefix a line of a file; `#` begins a comment. */
export const ipMatchFromFile: OperatorDefinition = {
  name: "ipMatchFromFile",
  aliases: ["ipMatchF"],
  compile: (argument, { readFile }) =>
    addressOperator(
      readFile(argument.trim())
        .split("\n")
        .map((line) => line.replace(/#.*/, "").trim())
        .filter((line) => line !== ""),
    ),
}

function addressOperator(list: readonly string[]): Operator {
  const prefixes: readonly Cidr[] = list.map((text) => {
    const parsed = parseCidr(text.trim())
    if (parsed === undefined)
      throw new Mistake("SECLANG_OPERATOR", `"${text.trim().slice(0, 50)}" is not an address or a prefix`)
    return parsed
  })
  return {
    find: (value) => {
      const address = parseAddress(value)
      return address !== undefined && prefixes.some((prefix) => covers(prefix, address)) ? wholeValue(value) : undefined
    },
  }
}
