/** One event as it goes over the wire; the bytes are made once, however many read them. */
export interface Frame {
  readonly id: number
  readonly bytes: Buffer
}

export interface Replay {
  add(frame: Frame): void
  /** What came after this one, or undefined when some of it is no longer here. */
  since(id: number): readonly Frame[] | undefined
}

export interface ReplayLimits {
  readonly maxFrames: number
  readonly maxBytes: number
}

/** The last events, for clients that were away for a moment. `lastId` is the last id before the first event. */
export function createReplay(lastId: number, { maxFrames, maxBytes }: ReplayLimits): Replay {
  const frames: Frame[] = []
  let forgotten = lastId
  let newest = lastId
  let bytes = 0
  return {
    add: (frame) => {
      frames.push(frame)
      newest = frame.id
      bytes += frame.bytes.length
      while (frames.length > maxFrames || bytes > maxBytes) {
        const oldest = frames.shift()
        if (oldest === undefined) break
        forgotten = oldest.id
        bytes -= oldest.bytes.length
      }
    },
    since: (id) => (id < forgotten || id > newest ? undefined : frames.filter((frame) => frame.id > id)),
  }
}
