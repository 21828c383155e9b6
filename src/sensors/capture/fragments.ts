import type { Millis } from "../../core/index.ts"
import type { Skipped } from "../input/index.ts"

export interface Fragment {
  /** Same for all fragments of one datagram: addresses, id, protocol. */
  readonly key: string
  readonly data: Buffer
  readonly start: number
  readonly end: number
  /** In bytes, in the datagram's payload. */
  readonly offset: number
  readonly more: boolean
  readonly now: Millis
}

/** Puts fragments of IP datagrams together. Where they overlap, the bytes that came first win. */
export interface Fragments {
  /** The whole payload when this fragment completes it. */
  add(fragment: Fragment): Buffer | undefined
  readonly heldBytes: number
}

// RFC 791 §3.2 asks for at least 15 s; Linux waits 30.
const waitMs = 30_000
// A datagram holds 65,535 bytes; the smallest links give about 120 fragments of it. Linux stops at 4 MiB in all, too.
const mostDatagramBytes = 65_535
const mostPieces = 256
// What a piece costs besides its bytes.
const pieceBytes = 256
const mostDatagrams = 1024
const mostBytes = 4 * 1024 * 1024

interface Piece {
  readonly offset: number
  readonly bytes: Buffer
}

interface Datagram {
  readonly since: Millis
  pieces: readonly Piece[]
  total: number | undefined
}

export function createFragments(skipped: Skipped): Fragments {
  const datagrams = new Map<string, Datagram>()
  let held = 0

  const drop = (key: string, datagram: Datagram, reason: string | undefined) => {
    if (reason !== undefined) skipped.add(reason)
    for (const { bytes } of datagram.pieces) held -= bytes.length + pieceBytes
    datagrams.delete(key)
  }

  const makeRoom = (now: Millis) => {
    for (const [key, datagram] of datagrams) {
      const late = now - datagram.since > waitMs
      if (!late && datagrams.size < mostDatagrams && held < mostBytes) return
      drop(key, datagram, late ? "datagram never completed" : "too many fragments waiting")
    }
  }

  return {
    get heldBytes() {
      return held
    },
    add: ({ key, data, start, end, offset, more, now }) => {
      const length = end - start
      if (offset + length > mostDatagramBytes || length === 0) {
        skipped.add("fragment out of bounds")
        return undefined
      }
      makeRoom(now)
      const datagram = datagrams.get(key) ?? { since: now, pieces: [], total: undefined }
      datagrams.set(key, datagram)
      if (!more) datagram.total ??= offset + length
      const fresh = uncovered(datagram.pieces, { offset, bytes: data.subarray(start, end) })
      if (fresh.length === 0 && datagram.pieces.length > 0) skipped.add("fragment repeated or overlapping")
      if (datagram.pieces.length + fresh.length > mostPieces) {
        drop(key, datagram, "datagram in too many fragments")
        return undefined
      }
      for (const { bytes } of fresh) held += bytes.length + pieceBytes
      datagram.pieces = [...datagram.pieces, ...fresh].sort((one, other) => one.offset - other.offset)
      const whole = assembled(datagram)
      if (whole !== undefined) drop(key, datagram, undefined)
      return whole
    },
  }
}

/** The parts of a piece that no other covers, as copies. */
function uncovered(pieces: readonly Piece[], { offset, bytes }: Piece): readonly Piece[] {
  const fresh: Piece[] = []
  const end = offset + bytes.length
  let from = offset
  const keep = (to: number) => {
    if (to > from) fresh.push({ offset: from, bytes: Buffer.from(bytes.subarray(from - offset, to - offset)) })
  }
  for (const piece of pieces) {
    if (piece.offset >= end) break
    keep(Math.min(piece.offset, end))
    from = Math.max(from, piece.offset + piece.bytes.length)
  }
  keep(end)
  return fresh
}

function assembled({ pieces, total }: Datagram): Buffer | undefined {
  if (total === undefined) return undefined
  let reached = 0
  for (const { offset, bytes } of pieces) {
    if (offset > reached) return undefined
    reached = offset + bytes.length
  }
  if (reached < total) return undefined
  return Buffer.concat(pieces.map(({ bytes }) => bytes)).subarray(0, total)
}
