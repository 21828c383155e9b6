import { BlockList, isIP } from "node:net"
import { familyOf, parseCidr } from "../../../core/index.ts"
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
  const addresses = new BlockList()
  for (const text of list) {
    const parsed = parseCidr(text.trim())
    if (parsed === undefined)
      throw new Mistake("SECLANG_OPERATOR", `"${text.trim().slice(0, 50)}" is not an address or a prefix`)
    const [host = "", length] = parsed.split("/")
    addresses.addSubnet(host, Number(length), familyOf(parsed) === 4 ? "ipv4" : "ipv6")
  }
  return {
    find: (value) => {
      const family = isIP(value)
      return family !== 0 && addresses.check(value, family === 4 ? "ipv4" : "ipv6") ? wholeValue(value) : undefined
    },
  }
}
