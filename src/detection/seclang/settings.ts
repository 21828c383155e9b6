import type { Millis } from "../../core/index.ts"
import type { UnicodeMap } from "./transformations/unicode-map.ts"

/** What a rule set's directives say about the whole; names and defaults are ModSecurity's, unless said otherwise. */
export interface Settings {
  readonly engine: "on" | "off" | "detection-only"
  readonly requestBodyAccess: boolean
  readonly responseBodyAccess: boolean
  /** Bytes of a body that are looked at (SecRequestBodyLimit, SecResponseBodyLimit). */
  readonly requestBodyLimit: number
  readonly responseBodyLimit: number
  /** SecRequestBodyNoFilesLimit: more outside of files is an error that rules see (REQBODY_ERROR). */
  readonly requestBodyNoFilesLimit: number
  /** SecRequestBodyJsonDepthLimit. */
  readonly jsonDepthLimit: number
  /** SecArgumentsLimit: what is beyond is one argument more, so that nothing hides behind the limit. */
  readonly argumentsLimit: number
  /** SecUploadFileLimit: more files in one body are an error that rules see; all of them are read. */
  readonly uploadFileLimit: number
  /** SecParseXmlIntoArgs; `only`: arguments instead of XML. */
  readonly xmlIntoArguments: "off" | "on" | "only"
  /** SecCollectionTimeout: what nobody asked for so long is forgotten. */
  readonly collectionTimeoutMs: Millis
  /** SecArgumentSeparator. */
  readonly argumentSeparator: string
  /** SecResponseBodyMimeType; null: every type. ModSecurity has text/plain and text/html alone. */
  readonly responseBodyMimeTypes: ReadonlySet<string> | null
  /** SecComponentSignature, in the order of the files. */
  readonly components: readonly string[]
  /** SecWebAppId. */
  readonly webAppId: string
  /** SecUnicodeMapFile; null: what `%uHHHH` is is told by its low byte alone. */
  readonly unicodeMap: UnicodeMap | null
}

export const defaultSettings: Settings = {
  engine: "on",
  // ModSecurity's default is off; a rule that names a body wants it read.
  requestBodyAccess: true,
  responseBodyAccess: true,
  requestBodyLimit: 13_107_200,
  responseBodyLimit: 524_288,
  requestBodyNoFilesLimit: 1_048_576,
  jsonDepthLimit: 512,
  argumentsLimit: 1000,
  uploadFileLimit: 100,
  xmlIntoArguments: "off",
  collectionTimeoutMs: 3_600_000,
  argumentSeparator: "&",
  responseBodyMimeTypes: null,
  components: [],
  webAppId: "default",
  unicodeMap: null,
}
