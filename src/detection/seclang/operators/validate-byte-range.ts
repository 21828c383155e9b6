import { type ByteSet, bytesOf, complement } from "../regex/byte-set.ts"
import { Mistake } from "../syntax/mistake.ts"
import { foundAt, type OperatorDefinition } from "./operator.ts"

/** Matches at the first byte that is outside of the ranges: `32-126,128-255`. */
export const validateByteRange: OperatorDefinition = {
  name: "validateByteRange",
  compile: (argument) => {
    const allowed = readRanges(argument)
    return {
      find: (value) => {
        for (let at = 0; at < value.length; at++) if (allowed[value.charCodeAt(at)] !== 1) return foundAt(value, at, 1)
        return undefined
      },
      needs: { bytes: complement(allowed) },
    }
  },
}

function readRanges(text: string): ByteSet {
  return bytesOf(
    ...text.split(",").map((part) => {
      const [, from = "", to = from] = /^\s*(\d{1,3})\s*(?:-\s*(\d{1,3})\s*)?$/.exec(part) ?? []
      if (from === "" || Number(from) > Number(to) || Number(to) > 255)
        throw new Mistake("SECLANG_OPERATOR", `"${part.trim()}" is not a range of bytes (0-255)`, text.indexOf(part))
      return [Number(from), Number(to)] as const
    }),
  )
}
