import type { TransformationDefinition } from "./transformation.ts"

export const removeWhitespace: TransformationDefinition = {
  name: "removeWhitespace",
  touches: /[\t-\r \xa0]/,
  apply: (value) => value.replace(/[\t-\r \xa0]+/g, ""),
}
