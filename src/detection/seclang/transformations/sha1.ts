import { createHash } from "node:crypto"
import type { TransformationDefinition } from "./transformation.ts"

/** The digest as raw bytes; rules put `hexEncode` behind it. */
export const sha1: TransformationDefinition = {
  name: "sha1",
  touches: null,
  lengthens: true,
  apply: (value) => createHash("sha1").update(value, "latin1").digest().toString("latin1"),
}
