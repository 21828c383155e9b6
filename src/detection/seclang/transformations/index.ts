import type { Latin1 } from "../../../core/index.ts"
import { base64Decode, hexDecode, htmlEntityDecode, jsDecode, urlDecode, urlDecodeUni } from "./decode.ts"
import * as shape from "./shape.ts"

export type Transform = (value: Latin1) => Latin1

/** Every transformation by its name in lower case. */
export const transformations: ReadonlyMap<string, Transform> = new Map<string, Transform>([
  ["lowercase", shape.lowercase],
  ["urldecode", urlDecode],
  ["urldecodeuni", urlDecodeUni],
  ["htmlentitydecode", htmlEntityDecode],
  ["jsdecode", jsDecode],
  ["base64decode", base64Decode],
  ["hexdecode", hexDecode],
  ["removenulls", shape.removeNulls],
  ["replacenulls", shape.replaceNulls],
  ["removewhitespace", shape.removeWhitespace],
  ["compresswhitespace", shape.compressWhitespace],
  ["replacecomments", shape.replaceComments],
  ["cmdline", shape.cmdLine],
  ["normalizepath", shape.normalizePath],
  ["normalisepath", shape.normalizePath],
  ["normalizepathwin", shape.normalizePathWin],
  ["normalisepathwin", shape.normalizePathWin],
  ["trim", shape.trim],
  ["trimleft", shape.trimLeft],
  ["trimright", shape.trimRight],
  ["length", shape.length],
])
