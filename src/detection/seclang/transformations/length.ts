import type { TransformationDefinition } from "./transformation.ts"

export const length: TransformationDefinition = {
  name: "length",
  touches: null,
  lengthens: true,
  apply: (value) => String(value.length),
}
