import type { TransformationDefinition } from "./transformation.ts"

const named: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", nbsp: "\xa0" }

/** `&#x3c;`, `&#60;` and five names, with or without the semicolon; others stay. */
export const htmlEntityDecode: TransformationDefinition = {
  name: "htmlEntityDecode",
  // An ampersand before any other name, as in a query string, is left alone at once.
  touches: /&(?:#|quot|amp|[lg]t|nbsp)/i,
  apply: (value) =>
    value.replace(
      /&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z0-9]+));?/g,
      (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
        if (hex !== undefined) return lowByte(hex, 16)
        if (decimal !== undefined) return lowByte(decimal, 10)
        const lower = (name ?? "").toLowerCase()
        return Object.hasOwn(named, lower) ? (named[lower] ?? whole) : whole
      },
    ),
}

// C's strtol stops at the largest long, whose low byte is 0xff.
const largest = 2n ** 63n - 1n
// Longer numbers are over it, whatever they say.
const maxDigits = 64

function lowByte(digits: string, base: 10 | 16): string {
  const trimmed = digits.replace(/^0+/, "") || "0"
  if (trimmed.length > maxDigits) return "\xff"
  const number = BigInt(base === 16 ? `0x${trimmed}` : trimmed)
  return String.fromCharCode(number > largest ? 0xff : Number(number & 0xffn))
}
