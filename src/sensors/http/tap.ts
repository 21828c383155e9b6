/** What passed by, up to a limit. */
export interface Tapped {
  bytes(): Buffer
  readonly truncated: boolean
}

export interface Tap extends Tapped {
  /** Takes what a stream was given; anything that is not bytes or text is passed over. */
  add(chunk: unknown, encoding: unknown): void
  readonly isFull: boolean
}

export function createTap(limitBytes: number): Tap {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  let truncated = false
  return {
    add: (chunk, encoding) => {
      const bytes = bytesOf(chunk, encoding)
      if (bytes === undefined) return
      const room = limitBytes - sizeBytes
      if (bytes.length > room) truncated = true
      if (room <= 0) return
      // Copied, since the owner of the chunk may write over it.
      chunks.push(Buffer.from(bytes.subarray(0, room)))
      sizeBytes += Math.min(room, bytes.length)
    },
    bytes: () => Buffer.concat(chunks),
    get truncated() {
      return truncated
    },
    get isFull() {
      return sizeBytes >= limitBytes
    },
  }
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk !== "string") return undefined
  return Buffer.from(chunk, typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8")
}
