import type { TransformationDefinition } from "./transformation.ts"

/** `0x414243`, as SQL writes a text, is `ABC`. */
export const sqlHexDecode: TransformationDefinition = {
  name: "sqlHexDecode",
  touches: /0[xX][0-9a-fA-F]{2}/,
  apply: (value) =>
    value.replace(/0[xX]((?:[0-9a-fA-F]{2})+)/g, (_, hex: string) => Buffer.from(hex, "hex").toString("latin1")),
}
