import { describe, expect, it } from "vitest"
import { createReplay, type Frame } from "./replay.ts"

const frame = (id: number, size = 1): Frame => ({ id, bytes: Buffer.alloc(size) })
const idsOf = (frames: readonly Frame[] | undefined) => frames?.map(({ id }) => id)

describe("a replay", () => {
  it("gives what came after an event, nothing when that was the last, and says when it does not know", () => {
    const replay = createReplay(100, { maxFrames: 3, maxBytes: 1000 })
    expect(idsOf(replay.since(100))).toEqual([])
    expect(replay.since(99)).toBeUndefined()
    expect(replay.since(101)).toBeUndefined()
    for (const id of [101, 102, 103, 104]) replay.add(frame(id))
    expect(idsOf(replay.since(101))).toEqual([102, 103, 104])
    expect(idsOf(replay.since(103))).toEqual([104])
    expect(idsOf(replay.since(104))).toEqual([])
    for (const id of [0, 100, 105, Number.MAX_SAFE_INTEGER]) expect(replay.since(id), `${id}`).toBeUndefined()
  })

  it("keeps no more bytes than it may, and nothing of an event that is larger than that", () => {
    const replay = createReplay(0, { maxFrames: 100, maxBytes: 10 })
    for (const id of [1, 2, 3]) replay.add(frame(id, 4))
    expect(replay.since(0)).toBeUndefined()
    expect(idsOf(replay.since(1))).toEqual([2, 3])
    replay.add(frame(4, 11))
    expect(replay.since(3)).toBeUndefined()
    expect(idsOf(replay.since(4))).toEqual([])
    replay.add(frame(5, 1))
    expect(idsOf(replay.since(4))).toEqual([5])
  })
})
