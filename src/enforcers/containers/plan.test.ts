import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type QuarantineAction, quarantineActions } from "../../core/index.ts"
import type { Attachment } from "./engine.ts"
import { beforeOf, type Change, holds, type State, wayBack, wayThere } from "./plan.ts"

const attachment = (network: string): Attachment => ({
  network,
  ipv4: `10.0.0.${network.length}`,
  ipv6: null,
  fixed: false,
  mac: null,
  aliases: [network],
  links: [],
  driverOptions: {},
})
const states: fc.Arbitrary<State> = fc
  .record({
    startedAt: fc.constantFrom("1", "2"),
    mood: fc.constantFrom("running", "paused", "stopped"),
    networks: fc.subarray(["a", "bb", "ccc"]),
  })
  .map(({ startedAt, mood, networks }) => ({
    startedAt,
    running: mood !== "stopped",
    paused: mood === "paused",
    attachments: networks.map(attachment),
  }))
const actions = fc.constantFrom<QuarantineAction>(...quarantineActions)

let starts = 0
/** An engine that refuses what Podman refuses. */
function perform(state: State | undefined, change: Change): State | undefined {
  const must = (condition: boolean) => {
    if (!condition) throw new Error(`${change.kind} is refused for ${JSON.stringify(state)}`)
  }
  if (state === undefined) throw new Error("there is no such container")
  switch (change.kind) {
    case "pause":
      must(state.running && !state.paused)
      return { ...state, paused: true }
    case "unpause":
      must(state.paused)
      return { ...state, paused: false }
    case "stop":
      must(!state.paused)
      return { ...state, running: false }
    case "start":
      must(!state.running)
      return { ...state, running: true, startedAt: `start ${++starts}` }
    case "restart":
      must(!state.paused)
      return { ...state, running: true, startedAt: `start ${++starts}` }
    case "remove":
      return undefined
    case "disconnect":
      must(state.attachments.some(({ network }) => network === change.network))
      return { ...state, attachments: state.attachments.filter(({ network }) => network !== change.network) }
    case "attach":
      must(state.attachments.every(({ network }) => network !== change.attachment.network))
      return { ...state, attachments: [...state.attachments, change.attachment] }
  }
}
const performAll = (state: State | undefined, changes: readonly Change[]) => changes.reduce(perform, state)
const byNetwork = (state: State | undefined) =>
  state && { ...state, attachments: state.attachments.toSorted((a, b) => (a.network < b.network ? -1 : 1)) }

describe("the plan for a container", () => {
  it("brings every container to where the action wants it, by calls that no engine refuses, and is empty then", () => {
    fc.assert(
      fc.property(actions, states, (action, state) => {
        const before = beforeOf(state)
        const after = performAll(state, wayThere(action, state, before))
        expect(holds(action, after, before)).toBe(true)
        if (after !== undefined) expect(wayThere(action, after, before)).toEqual([])
      }),
    )
  })

  it("gives back what it took, and nothing else", () => {
    fc.assert(
      fc.property(actions, states, (action, state) => {
        const before = beforeOf(state)
        const after = performAll(state, wayThere(action, state, before))
        const back = performAll(after, wayBack(action, after, before))
        if (action === "restart" || action === "remove") {
          expect(back).toEqual(after)
          return
        }
        const started = action === "stop" && state.running
        expect(byNetwork(back)).toEqual(byNetwork(started ? { ...state, startedAt: `start ${starts}` } : state))
        // Done again, it does nothing.
        expect(wayBack(action, back, before)).toEqual([])
      }),
    )
  })

  it("undoes by calls that no engine refuses, whatever people did to the container in between", () => {
    let undone = 0
    fc.assert(
      fc.property(actions, states, fc.option(states), (action, state, meddled) => {
        const changes = wayBack(action, meddled ?? undefined, beforeOf(state))
        undone += changes.length
        const back = performAll(meddled ?? undefined, changes)
        // Nothing that runs is stopped or paused by a way back, and nobody loses a network.
        if (meddled?.running === true && !meddled.paused) expect(back).toMatchObject({ running: true, paused: false })
        for (const place of meddled?.attachments ?? []) expect(back?.attachments).toContainEqual(place)
      }),
      { numRuns: 1000 },
    )
    expect(undone).toBeGreaterThan(100)
  })

  it("leaves paused what was paused before, and stopped what was stopped", () => {
    const paused = { startedAt: "1", running: true, paused: true, attachments: [] }
    expect(wayThere("pause", paused, beforeOf(paused))).toEqual([])
    expect(wayBack("pause", paused, beforeOf(paused))).toEqual([])
    const stopped = { ...paused, running: false, paused: false }
    expect(wayBack("stop", stopped, beforeOf(stopped))).toEqual([])
  })

  it("does not wake what was started anew since by somebody else", () => {
    const state = { startedAt: "1", running: true, paused: false, attachments: [] }
    expect(wayBack("pause", { ...state, startedAt: "2", paused: true }, beforeOf(state))).toEqual([])
    expect(wayBack("stop", { ...state, startedAt: "2", running: false }, beforeOf(state))).toEqual([])
  })
})
