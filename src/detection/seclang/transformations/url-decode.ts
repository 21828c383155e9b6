import type { Latin1 } from "../../../core/index.ts"
import { foldToByte, type TransformationDefinition } from "./transformation.ts"

/** `+` is a space and `%HH` a byte; what is not hexadecimal stays. */
export const urlDecode: TransformationDefinition = {
  name: "urlDecode",
  touches: /[%+]/,
  apply: (value) => percentDecode(value.replaceAll("+", " ")),
}

/** As `urlDecode`, and `%uHHHH` too. */
export const urlDecodeUni: TransformationDefinition = {
  name: "urlDecodeUni",
  touches: /[%+]/,
  apply: (value) =>
    value
      .replaceAll("+", " ")
      .replace(/%(?:[uU]([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))/g, (_, wide: string | undefined, hex: string = "0") =>
        String.fromCharCode(wide === undefined ? Number.parseInt(hex, 16) : foldToByte(Number.parseInt(wide, 16))),
      ),
}

/** `%HH` alone, as in a path, where `+` is a plus. */
export function percentDecode(value: Latin1): Latin1 {
  return value.includes("%")
    ? value.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : value
}
