import type { TransformationDefinition } from "./transformation.ts"

/** Blanks and both bytes of the non-breaking space (UTF-8: c2 a0), each wherever it stands, as ModSecurity v3 does. */
export const removeWhitespace: TransformationDefinition = {
  name: "removeWhitespace",
  touches: /[\t-\r \xa0\xc2]/,
  apply: (value) => value.replace(/[\t-\r \xa0\xc2]+/g, ""),
}
