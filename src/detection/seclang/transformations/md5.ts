import { createHash } from "node:crypto"
import type { TransformationDefinition } from "./transformation.ts"

/** The digest as raw bytes; rules put `hexEncode` behind it. */
export const md5: TransformationDefinition = {
  name: "md5",
  touches: null,
  lengthens: true,
  apply: (value) => createHash("md5").update(value, "latin1").digest().toString("latin1"),
}
