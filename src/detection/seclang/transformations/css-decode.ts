import { foldToByte, type TransformationDefinition } from "./transformation.ts"

/** `\` with one to six hexadecimal digits (and a blank behind) is their last byte; `\` before a line end goes; before others only the `\`. */
export const cssDecode: TransformationDefinition = {
  name: "cssDecode",
  touches: /\\/,
  apply: (value) =>
    value.replace(/\\(?:([0-9a-fA-F]{1,6})[\t-\r ]?|([\s\S]?))/g, (_, hex: string | undefined, other: string = "") => {
      if (hex === undefined) return other === "\n" ? "" : other
      return String.fromCharCode(foldToByte(Number.parseInt(hex, 16)))
    }),
}
