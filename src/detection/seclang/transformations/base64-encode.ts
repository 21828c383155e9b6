import type { TransformationDefinition } from "./transformation.ts"

export const base64Encode: TransformationDefinition = {
  name: "base64Encode",
  touches: null,
  lengthens: true,
  apply: (value) => Buffer.from(value, "latin1").toString("base64"),
}
