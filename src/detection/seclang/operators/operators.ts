import { noMatch, unconditionalMatch } from "./always.ts"
import { beginsWith } from "./begins-with.ts"
import { contains, containsWord } from "./contains.ts"
import { detectSQLi } from "./detect-sqli.ts"
import { detectXSS } from "./detect-xss.ts"
import { endsWith } from "./ends-with.ts"
import { ipMatch, ipMatchFromFile } from "./ip-match.ts"
import { eq, ge, gt, le, lt } from "./numbers.ts"
import type { OperatorDefinition } from "./operator.ts"
import { geoLookup, rbl } from "./outside.ts"
import { pm, pmFromFile } from "./pm.ts"
import { rx, rxGlobal } from "./rx.ts"
import { streq, strmatch } from "./streq.ts"
import { validateByteRange } from "./validate-byte-range.ts"
import { validateUrlEncoding, validateUtf8Encoding } from "./validate-encoding.ts"
import { within } from "./within.ts"

/** Every operator that rules may use. */
export const operators: readonly OperatorDefinition[] = [
  beginsWith,
  contains,
  containsWord,
  detectSQLi,
  detectXSS,
  endsWith,
  eq,
  ge,
  geoLookup,
  gt,
  ipMatch,
  ipMatchFromFile,
  le,
  lt,
  noMatch,
  pm,
  pmFromFile,
  rbl,
  rx,
  rxGlobal,
  streq,
  strmatch,
  unconditionalMatch,
  validateByteRange,
  validateUrlEncoding,
  validateUtf8Encoding,
  within,
]

/** ModSecurity has these and Thwart does not; a rule that uses one is refused. */
export const unsupportedOperators: ReadonlyMap<string, string> = new Map([
  ["fuzzyhash", "similarity of files is not measured"],
  ["gsblookup", "no outside service is asked"],
  ["inspectfile", "no program is run"],
  ["rsub", "bodies are not rewritten"],
  ["validatedtd", "documents are not checked against a DTD"],
  ["validatehash", "links are not signed"],
  ["validateschema", "documents are not checked against a schema"],
  ["verifycc", "card numbers are not looked for"],
  ["verifycpf", "CPF numbers are not looked for"],
  ["verifyssn", "social security numbers are not looked for"],
  ["verifysvnr", "SVN numbers are not looked for"],
])
