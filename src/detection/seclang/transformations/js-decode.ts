import { controlOf, foldToByte, type TransformationDefinition } from "./transformation.ts"

/** The escapes of JavaScript: `\u003c`, `\x3c`, `\74`, `\n`; of an unknown one the backslash goes. */
export const jsDecode: TransformationDefinition = {
  name: "jsDecode",
  touches: /\\/,
  apply: (value) =>
    value.replace(
      /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{0,2}|[4-7][0-7]?)|([\s\S]))/g,
      (_, wide: string | undefined, hex: string | undefined, octal: string | undefined, letter: string = "") => {
        if (wide !== undefined) return String.fromCharCode(foldToByte(Number.parseInt(wide, 16)))
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
        return controlOf(letter) ?? letter
      },
    ),
}
