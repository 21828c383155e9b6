export type { ByteSource, OpenBytes } from "./bytes.ts"
/** The bytes of a file, unpacked when it is gzip. */
export { openBytes } from "./bytes.ts"
export type { ReadProgress } from "./file-sensor.ts"
/** A sensor around a function that reads. */
export { createRunningSensor } from "./file-sensor.ts"
export type { Followed, FollowOptions } from "./follow.ts"
/** A file as it grows. */
export { follow } from "./follow.ts"
/** Whether a connection came in or went out, as seen from the networks that are at home. */
export { createDirections, defaultHomeNets } from "./home-nets.ts"
export type { Line, LineCutter } from "./lines.ts"
/** Cuts a text into lines, within a limit. */
export { createLineCutter, forEachLine } from "./lines.ts"
export type { Skipped } from "./skipped.ts"
/** A counter of what could not be read, by reason. */
export { createSkipped } from "./skipped.ts"
export type { FileFormat } from "./sniff.ts"
/** What a file is, by its content. */
export { sniffFormat } from "./sniff.ts"
