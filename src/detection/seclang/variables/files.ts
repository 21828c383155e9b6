import type { Latin1 } from "../../../core/index.ts"
import type { FilePart } from "../bodies/body.ts"
import { createValue } from "../run/value.ts"
import { collection, single } from "./variable.ts"

const ofFiles = (name: string, read: (part: FilePart) => Latin1) =>
  collection(name, ({ body }) => (body?.files ?? []).map((part) => createValue(part.field, read(part))), [2])

export const files = [
  ofFiles("FILES", ({ fileName }) => fileName),
  ofFiles("FILES_NAMES", ({ field }) => field),
  ofFiles("FILES_SIZES", ({ content }) => String(content.length)),
  ofFiles("FILES_TMP_CONTENT", ({ content }) => content),
  collection(
    "MULTIPART_FILENAME",
    ({ body }) => (body?.files ?? []).map(({ fileName }) => createValue(fileName, fileName)),
    [2],
  ),
  // Nothing of a body is written to disk, so that there are no names of such files.
  collection("FILES_TMPNAMES", () => []),
  single(
    "FILES_COMBINED_SIZE",
    ({ body }) => (body?.files ?? []).reduce((size, { content }) => size + content.length, 0),
    [2],
  ),
]
