export type { ByteSource, OpenBytes } from "./bytes.ts"
/** The bytes of a file, unpacked when it is gzip. */
export { openBytes } from "./bytes.ts"
export type { Skipped } from "./skipped.ts"
/** A counter of what could not be read, by reason. */
export { createSkipped } from "./skipped.ts"
