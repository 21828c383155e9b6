import { BlockList, isIP } from "node:net"
import { familyOf, type Latin1, parseCidr } from "../../../core/index.ts"
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
  const isListed = remembering((value) => {
    const family = isIP(value)
    return family !== 0 && addresses.check(value, family === 4 ? "ipv4" : "ipv6")
  })
  return { find: (value) => (isListed(value) ? wholeValue(value) : undefined) }
}

// Clients come back; a flood of others costs what it did before.
const maxRemembered = 1024

/** Keeps the answers for the values that came last. */
function remembering(ask: (value: Latin1) => boolean): (value: Latin1) => boolean {
  let known = new Map<Latin1, boolean>()
  return (value) => {
    const before = known.get(value)
    if (before !== undefined) return before
    if (known.size >= maxRemembered) known = new Map()
    const answer = ask(value)
    known.set(value, answer)
    return answer
  }
}
