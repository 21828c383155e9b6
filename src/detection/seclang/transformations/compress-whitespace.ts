import type { TransformationDefinition } from "./transformation.ts"

export const compressWhitespace: TransformationDefinition = {
  name: "compressWhitespace",
  touches: /[\t-\r\xa0]| {2}/,
  apply: (value) => value.replace(/[\t-\r \xa0]+/g, " "),
}
