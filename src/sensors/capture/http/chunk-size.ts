import type { Latin1 } from "../../../core/index.ts"

// 2^52: longer is no length but an attempt to make it wrap around.
const mostDigits = 13

/** RFC 9112 §7.1: the size that a chunk begins with, its extensions passed over; undefined when it can't be told. */
export function readChunkSize(line: Latin1, flaws: (what: string) => void): number | undefined {
  const digits = /^[0-9A-Fa-f]+/.exec(line)?.[0] ?? ""
  if (digits === "" || digits.replace(/^0+/, "").length > mostDigits) {
    flaws(digits === "" ? "chunk size not hexadecimal" : "chunk size too large")
    return undefined
  }
  const rest = line.slice(digits.length)
  if (rest !== "" && !/^[ \t]*;/.test(rest)) flaws("chunk size followed by something else")
  return Number.parseInt(digits, 16)
}
