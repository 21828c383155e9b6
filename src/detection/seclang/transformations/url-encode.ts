import type { TransformationDefinition } from "./transformation.ts"

export const urlEncode: TransformationDefinition = {
  name: "urlEncode",
  touches: /[^0-9A-Za-z*]/,
  lengthens: true,
  apply: (value) =>
    value.replace(/[^0-9A-Za-z*]/g, (character) =>
      character === " " ? "+" : `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    ),
}
