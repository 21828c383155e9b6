import { controlOf, type TransformationDefinition } from "./transformation.ts"

/** The escapes of ANSI C: `\n`, `\x41`, `\101`; of an unknown one the backslash goes. */
export const escapeSeqDecode: TransformationDefinition = {
  name: "escapeSeqDecode",
  touches: /\\/,
  apply: (value) =>
    value.replace(
      /\\(?:[xX]([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g,
      (_, hex: string | undefined, octal: string | undefined, letter: string = "") => {
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
        return controlOf(letter) ?? letter
      },
    ),
}
