import type { OperatorDefinition } from "./operator.ts"

/** Operators that ask others about a value: rules that use them are kept, so that rule sets load whole, and never match. */
const outside = (name: string, never: string): OperatorDefinition => ({
  name,
  compile: () => ({ find: () => undefined, never }),
})

export const geoLookup = outside("geoLookup", "addresses are not looked up in a GeoIP database")
export const rbl = outside("rbl", "no DNS block list is asked")
