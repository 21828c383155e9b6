import { promisify } from "node:util"
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib"

export interface Decoded {
  readonly bytes: Buffer
  readonly truncated: boolean
  /** What was wrong; undefined when nothing was. */
  readonly flaw: string | undefined
}

// More than one is rare, and each may make a small body large again.
const mostCodings = 3

/**
 * Undoes the content codings of a body (RFC 9110 §8.4), giving at most `limit` bytes whatever the body wants to become. At
 * once where it can; a body that is too long or damaged takes longer.
 */
export function decodeContent(body: Buffer, codings: readonly string[], limit: number): Decoded | Promise<Decoded> {
  const names = codings
    .join(",")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity")
    .reverse()
  const whole: Decoded = { bytes: body, truncated: false, flaw: undefined }
  if (names.length > mostCodings) return { ...whole, flaw: "too many content codings" }
  return decodeNext(whole, names, limit)
}

function decodeNext(from: Decoded, names: readonly string[], limit: number): Decoded | Promise<Decoded> {
  const [name, ...rest] = names
  if (name === undefined || from.bytes.length === 0) return from
  const decoder = decoderFor(name, from.bytes)
  if (decoder === undefined) return { ...from, flaw: "content coding unknown" }
  const bytes = allAtOnce(decoder, from.bytes, limit)
  if (bytes !== undefined) return decodeNext({ ...from, bytes }, rest, limit)
  return beginning(decoder, from.bytes, limit).then((next) => {
    if (next === undefined) return { ...from, flaw: "content coding does not decode" }
    const truncated = from.truncated || next.truncated
    return decodeNext({ bytes: next.bytes, truncated, flaw: from.flaw ?? next.flaw }, rest, limit)
  })
}

interface Decoder {
  readonly all: (bytes: Buffer, options: { maxOutputLength: number; finishFlush: number }) => Buffer
  readonly stream: (options: { finishFlush: number }) => NodeJS.ReadWriteStream & { destroy(): void }
  readonly flush: number
}

const zlib = { flush: constants.Z_SYNC_FLUSH } as const
const gzip: Decoder = { all: gunzipSync, stream: createGunzip, ...zlib }
const inflate: Decoder = { all: inflateSync, stream: createInflate, ...zlib }
const inflateRaw: Decoder = { all: inflateRawSync, stream: createInflateRaw, ...zlib }
const brotli: Decoder = {
  all: brotliDecompressSync,
  stream: createBrotliDecompress,
  flush: constants.BROTLI_OPERATION_FLUSH,
}
const zstd: Decoder = { all: zstdDecompressSync, stream: createZstdDecompress, flush: constants.ZSTD_e_flush }

function decoderFor(name: string, bytes: Buffer): Decoder | undefined {
  switch (name) {
    case "gzip":
    case "x-gzip":
      return gzip
    case "deflate": {
      // RFC 1950 §2.2; some servers send RFC 1951 without the wrapper that the name promises.
      const wrapped = bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
      return wrapped ? inflate : inflateRaw
    }
    case "br":
      return brotli
    case "zstd":
      return zstd
    default:
      return undefined
  }
}

function allAtOnce(decoder: Decoder, bytes: Buffer, limit: number): Buffer | undefined {
  try {
    return decoder.all(bytes, { maxOutputLength: limit, finishFlush: decoder.flush })
  } catch {
    return undefined // Too long or damaged: the slow way tells which, and gives what comes before.
  }
}

async function beginning(decoder: Decoder, bytes: Buffer, limit: number): Promise<Decoded | undefined> {
  const stream = decoder.stream({ finishFlush: decoder.flush })
  const parts: Buffer[] = []
  let length = 0
  const outcome = await promisify<"full" | "ended" | "damaged">((done) => {
    const settle = (how: "full" | "ended" | "damaged") => done(null, how)
    stream.on("data", (part: Buffer) => {
      parts.push(part)
      length += part.length
      if (length >= limit) settle("full")
    })
    stream.on("end", () => settle("ended"))
    stream.on("error", () => settle("damaged"))
    stream.end(bytes)
  })()
  stream.destroy()
  if (outcome === "damaged" && length === 0) return undefined
  const flaw = outcome === "damaged" ? "content coding damaged" : undefined
  return { bytes: Buffer.concat(parts).subarray(0, limit), truncated: outcome !== "ended", flaw }
}
