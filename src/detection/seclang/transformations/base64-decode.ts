import type { Latin1 } from "../../../core/index.ts"
import type { TransformationDefinition } from "./transformation.ts"

/** Decodes up to the first byte that is no base 64; line ends are skipped. */
export const base64Decode: TransformationDefinition = {
  name: "base64Decode",
  touches: null,
  apply: (value) => decode(/^[A-Za-z0-9+/\r\n]*/.exec(value)?.[0] ?? ""),
}

/** As `base64Decode`, but what is no base 64 is skipped. */
export const base64DecodeExt: TransformationDefinition = {
  name: "base64DecodeExt",
  touches: null,
  apply: (value) => decode(value.replace(/[^A-Za-z0-9+/]+/g, "")),
}

function decode(text: Latin1): Latin1 {
  return Buffer.from(text, "base64").toString("latin1")
}
