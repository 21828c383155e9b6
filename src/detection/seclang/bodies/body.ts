import type { Latin1 } from "../../../core/index.ts"
import type { Value } from "../run/value.ts"
import type { Settings } from "../settings.ts"
import { parseJson } from "./json.ts"
import { parseMultipart } from "./multipart.ts"
import { parseUrlEncoded } from "./url-encoded.ts"
import { parseXml } from "./xml.ts"

/** What a request's body holds, as far as its processor understands it. */
export interface ParsedBody {
  /** The bytes that are looked at (SecRequestBodyLimit). */
  readonly raw: Latin1
  /** True when the body was longer, or has more outside of files than SecRequestBodyNoFilesLimit allows. */
  readonly tooLong: boolean
  readonly fields: readonly Value[]
  readonly files: readonly FilePart[]
  /** Of the parts of a multipart body, fields and files alike. */
  readonly partNames: readonly Latin1[]
  /** Header lines of multipart parts, by the part's name. */
  readonly partHeaders: readonly Value[]
  readonly xml: XmlContent | null
  /** Why the body could not be read whole; rules see it as REQBODY_ERROR. */
  readonly error: string | null
  readonly badEncoding: boolean
  readonly multipart: ReadonlySet<MultipartFlag>
}

export interface FilePart {
  readonly field: Latin1
  readonly fileName: Latin1
  readonly content: Latin1
}

export interface XmlContent {
  readonly text: Latin1
  readonly attributes: readonly Latin1[]
}

/** What is odd about a multipart body; each is a variable that rules ask for. */
export type MultipartFlag =
  | "boundaryQuoted"
  | "boundaryWhitespace"
  | "dataBefore"
  | "dataAfter"
  | "headerFolding"
  | "lfLine"
  | "crlfLine"
  | "missingSemicolon"
  | "invalidQuoting"
  | "invalidPart"
  | "invalidHeaderFolding"
  | "fileLimitExceeded"
  | "unmatchedBoundary"
  /** At least two boundaries fit. */
  | "matchedBoundary"
  /** The boundaries themselves are wrong. */
  | "broken"

/** What a body processor finds; the rest of a ParsedBody is empty. */
export type BodyContent = Partial<Omit<ParsedBody, "raw" | "tooLong">>

export interface BodyInput {
  readonly raw: Latin1
  readonly contentType: Latin1
  readonly settings: Settings
}

/** Reads a body; one that its processor can't read is an error in the result, never an exception. */
export type BodyProcessor = (input: BodyInput) => BodyContent

/** By the names that REQBODY_PROCESSOR and `ctl:requestBodyProcessor` use. */
export const bodyProcessors: ReadonlyMap<string, BodyProcessor> = new Map<string, BodyProcessor>([
  ["URLENCODED", parseUrlEncoded],
  ["MULTIPART", parseMultipart],
  ["JSON", parseJson],
  ["XML", parseXml],
])

/** The processor that a content type asks for; empty when none does. */
export function processorFor(contentType: Latin1): string {
  const type = contentType.trimStart().toLowerCase()
  if (type.startsWith("multipart/form-data")) return "MULTIPART"
  if (type.startsWith("application/x-www-form-urlencoded")) return "URLENCODED"
  if (/^application\/(?:[a-z0-9.-]+\+)?json\b/.test(type)) return "JSON"
  if (/^(?:application\/(?:[a-z0-9.-]+\+)?|text\/)xml\b/.test(type)) return "XML"
  return ""
}

export function parseBody(body: Latin1, processor: string, rest: Omit<BodyInput, "raw">): ParsedBody {
  const limit = rest.settings.requestBodyLimit
  const raw = body.length > limit ? body.slice(0, limit) : body
  const content = raw === "" ? {} : (bodyProcessors.get(processor)?.({ ...rest, raw }) ?? {})
  const {
    fields = [],
    files = [],
    partNames = [],
    partHeaders = [],
    xml = null,
    badEncoding = false,
    multipart = new Set<MultipartFlag>(),
  } = content
  const besideFiles = raw.length - files.reduce((size, { content: file }) => size + file.length, 0)
  const isOver = besideFiles > rest.settings.requestBodyNoFilesLimit
  return {
    raw,
    tooLong: raw !== body || isOver,
    fields,
    files,
    partNames,
    partHeaders,
    xml,
    badEncoding,
    multipart,
    error: content.error ?? (isOver ? "The body is longer than SecRequestBodyNoFilesLimit" : null),
  }
}
