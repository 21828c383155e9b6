/** Lends buffers whose sizes are powers of two, so that a stream of bodies does not become a stream of garbage. */
export interface BytePool {
  lend(atLeast: number): Buffer
  /** Nobody may use it any more. */
  giveBack(buffer: Buffer): void
}

// From one segment to the longest body; what is larger is not kept.
const smallestBits = 11
const largestBits = 20
// A burst of bodies may take more; it goes back to the system then.
const mostKeptBytes = 8 * 1024 * 1024

export function createBytePool(): BytePool {
  const kept: Buffer[][] = Array.from({ length: largestBits + 1 }, () => [])
  let keptBytes = 0
  return {
    lend: (atLeast) => {
      const bits = Math.max(smallestBits, 32 - Math.clz32(atLeast - 1))
      const buffer = kept[bits]?.pop()
      if (buffer === undefined) return Buffer.allocUnsafeSlow(2 ** bits)
      keptBytes -= buffer.length
      return buffer
    },
    giveBack: (buffer) => {
      const shelf = kept[31 - Math.clz32(buffer.length)]
      if (shelf === undefined || keptBytes + buffer.length > mostKeptBytes) return
      keptBytes += buffer.length
      shelf.push(buffer)
    },
  }
}
