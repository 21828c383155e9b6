import { detectSqli } from "../libinjection/sqli/detect.ts"
import { complement, wordBytes } from "../regex/byte-set.ts"
import type { OperatorDefinition } from "./operator.ts"

/** SQL that changes a query it is put into; the first group is the shape that gave it away. */
export const detectSQLi: OperatorDefinition = {
  name: "detectSQLi",
  compile: () => ({
    find: (value) => {
      const fingerprint = detectSqli(value)
      return fingerprint === undefined ? undefined : { offset: 0, length: value.length, groups: [fingerprint] }
    },
    // A single word or number is no SQL.
    needs: { bytes: complement(wordBytes) },
  }),
}
