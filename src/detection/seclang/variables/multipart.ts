import type { MultipartFlag } from "../bodies/body.ts"
import type { Transaction } from "../run/transaction.ts"
import { createValue } from "../run/value.ts"
import { collection, single } from "./variable.ts"

const flags: readonly (readonly [name: string, flag: MultipartFlag])[] = [
  ["MULTIPART_BOUNDARY_QUOTED", "boundaryQuoted"],
  ["MULTIPART_BOUNDARY_WHITESPACE", "boundaryWhitespace"],
  ["MULTIPART_DATA_BEFORE", "dataBefore"],
  ["MULTIPART_DATA_AFTER", "dataAfter"],
  ["MULTIPART_HEADER_FOLDING", "headerFolding"],
  ["MULTIPART_LF_LINE", "lfLine"],
  ["MULTIPART_MISSING_SEMICOLON", "missingSemicolon"],
  ["MULTIPART_INVALID_QUOTING", "invalidQuoting"],
  ["MULTIPART_INVALID_PART", "invalidPart"],
  ["MULTIPART_INVALID_HEADER_FOLDING", "invalidHeaderFolding"],
  ["MULTIPART_FILE_LIMIT_EXCEEDED", "fileLimitExceeded"],
]

/** They make no strict error. */
const harmless: ReadonlySet<MultipartFlag> = new Set(["crlfLine", "unmatchedBoundary", "matchedBoundary"])

const has = ({ body }: Transaction, flag: MultipartFlag) => body?.multipart.has(flag) === true

export const multipart = [
  ...flags.map(([name, flag]) => single(name, (transaction) => (has(transaction, flag) ? 1 : 0), [2])),
  single(
    "MULTIPART_CRLF_LF_LINES",
    (transaction) => (has(transaction, "lfLine") && has(transaction, "crlfLine") ? 1 : 0),
    [2],
  ),
  // 2: there was one, and a boundary that fits behind it; the recommended rules ask for 1.
  single(
    "MULTIPART_UNMATCHED_BOUNDARY",
    (transaction) => (has(transaction, "unmatchedBoundary") ? 1 : has(transaction, "matchedBoundary") ? 2 : 0),
    [2],
  ),
  single(
    "MULTIPART_STRICT_ERROR",
    ({ body }) => (body !== undefined && [...body.multipart].some((flag) => !harmless.has(flag)) ? 1 : 0),
    [2],
  ),
  collection("MULTIPART_NAME", ({ body }) => (body?.partNames ?? []).map((name) => createValue(name, name)), [2]),
  collection("MULTIPART_PART_HEADERS", ({ body }) => body?.partHeaders ?? [], [2]),
]
