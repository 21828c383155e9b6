import type { TransformationDefinition } from "./transformation.ts"

export const removeNulls: TransformationDefinition = {
  name: "removeNulls",
  touches: /\0/,
  apply: (value) => value.replaceAll("\0", ""),
}

export const replaceNulls: TransformationDefinition = {
  name: "replaceNulls",
  touches: /\0/,
  apply: (value) => value.replaceAll("\0", " "),
}
