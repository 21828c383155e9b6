import type { TransformationDefinition } from "./transformation.ts"

/** ASCII letters alone: bytes above are parts of characters. */
export const lowercase: TransformationDefinition = {
  name: "lowercase",
  touches: /[A-Z]/,
  lowersCase: true,
  apply: (value) =>
    /[\x80-\xff]/.test(value) ? value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : value.toLowerCase(),
}

export const uppercase: TransformationDefinition = {
  name: "uppercase",
  touches: /[a-z]/,
  apply: (value) => value.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
}
