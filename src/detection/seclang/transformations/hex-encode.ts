import type { TransformationDefinition } from "./transformation.ts"

export const hexEncode: TransformationDefinition = {
  name: "hexEncode",
  touches: null,
  lengthens: true,
  apply: (value) => Buffer.from(value, "latin1").toString("hex"),
}
