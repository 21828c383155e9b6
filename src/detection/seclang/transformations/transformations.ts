import { base64Decode, base64DecodeExt } from "./base64-decode.ts"
import { base64Encode } from "./base64-encode.ts"
import { cmdLine } from "./cmd-line.ts"
import { compressWhitespace } from "./compress-whitespace.ts"
import { cssDecode } from "./css-decode.ts"
import { escapeSeqDecode } from "./escape-seq-decode.ts"
import { hexDecode } from "./hex-decode.ts"
import { hexEncode } from "./hex-encode.ts"
import { htmlEntityDecode } from "./html-entity-decode.ts"
import { jsDecode } from "./js-decode.ts"
import { length } from "./length.ts"
import { lowercase, uppercase } from "./lowercase.ts"
import { md5 } from "./md5.ts"
import { normalizePath, normalizePathWin } from "./normalize-path.ts"
import { removeNulls, replaceNulls } from "./nulls.ts"
import { parityEven7bit, parityOdd7bit, parityZero7bit } from "./parity.ts"
import { removeComments, removeCommentsChar, replaceComments } from "./remove-comments.ts"
import { removeWhitespace } from "./remove-whitespace.ts"
import { sha1 } from "./sha1.ts"
import { sqlHexDecode } from "./sql-hex-decode.ts"
import type { TransformationDefinition } from "./transformation.ts"
import { trim, trimLeft, trimRight } from "./trim.ts"
import { urlDecode, urlDecodeUni } from "./url-decode.ts"
import { urlEncode } from "./url-encode.ts"
import { utf8toUnicode } from "./utf8-to-unicode.ts"

/** Every transformation that rules may ask for. */
export const transformations: readonly TransformationDefinition[] = [
  base64Decode,
  base64DecodeExt,
  base64Encode,
  cmdLine,
  compressWhitespace,
  cssDecode,
  escapeSeqDecode,
  hexDecode,
  hexEncode,
  htmlEntityDecode,
  jsDecode,
  length,
  lowercase,
  md5,
  normalizePath,
  normalizePathWin,
  parityEven7bit,
  parityOdd7bit,
  parityZero7bit,
  removeComments,
  removeCommentsChar,
  removeNulls,
  removeWhitespace,
  replaceComments,
  replaceNulls,
  sha1,
  sqlHexDecode,
  trim,
  trimLeft,
  trimRight,
  uppercase,
  urlDecode,
  urlDecodeUni,
  urlEncode,
  utf8toUnicode,
]
