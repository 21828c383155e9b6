import type { MultipartFlag } from "../bodies/body.ts"
import { collection, single } from "./variable.ts"

const flags: readonly (readonly [name: string, flag: MultipartFlag])[] = [
  ["MULTIPART_BOUNDARY_QUOTED", "boundaryQuoted"],
  ["MULTIPART_BOUNDARY_WHITESPACE", "boundaryWhitespace"],
  ["MULTIPART_DATA_BEFORE", "dataBefore"],
  ["MULTIPART_DATA_AFTER", "dataAfter"],
  ["MULTIPART_HEADER_FOLDING", "headerFolding"],
  ["MULTIPART_LF_LINE", "lfLine"],
  ["MULTIPART_CRLF_LF_LINES", "crlfLfLines"],
  ["MULTIPART_MISSING_SEMICOLON", "missingSemicolon"],
  ["MULTIPART_INVALID_QUOTING", "invalidQuoting"],
  ["MULTIPART_INVALID_PART", "invalidPart"],
  ["MULTIPART_INVALID_HEADER_FOLDING", "invalidHeaderFolding"],
  ["MULTIPART_FILE_LIMIT_EXCEEDED", "fileLimitExceeded"],
  ["MULTIPART_UNMATCHED_BOUNDARY", "unmatchedBoundary"],
]

export const multipart = [
  ...flags.map(([name, flag]) => single(name, ({ body }) => (body?.multipart.has(flag) === true ? 1 : 0), [2])),
  single(
    "MULTIPART_STRICT_ERROR",
    ({ body }) =>
      body !== undefined && [...body.multipart].some((flag) => flag !== "unmatchedBoundary" && flag !== "crlfLfLines")
        ? 1
        : 0,
    [2],
  ),
  collection("MULTIPART_PART_HEADERS", ({ body }) => body?.partHeaders ?? [], [2]),
]
