import { describe, expect, it } from "vitest"
import { type Alert, createManualClock, type Incident } from "../core/index.ts"
import type { Changes } from "../store/store.ts"
import { createPipeline, type PipelineDeps } from "./pipeline.ts"

// The pipeline looks at ids and versions only, so that is all these carry.
const alertNamed = (id: string) => ({ id }) as unknown as Alert
const incidentAt = (id: string, version: number) => ({ id, version }) as unknown as Incident

type Overrides = Partial<Omit<PipelineDeps, "store">> & { readonly store?: Partial<PipelineDeps["store"]> }

function setUp({ store, ...overrides }: Overrides = {}) {
  const records: Changes[] = []
  const published: string[] = []
  const errors: unknown[] = []
  const deps: PipelineDeps = {
    clock: createManualClock(1000),
    clusterer: { onAlert: () => [] },
    store: {
      record: async (changes) => void records.push(changes),
      alerts: async () => ({ items: [], next: undefined }),
      ...store,
    },
    bus: { publish: (topic, message) => void published.push(`${topic}:${message.id}`) },
    correlator: { onAlert: (alert) => [incidentAt("inc_1", Number(alert.id))], onTime: () => [] },
    responder: { handle: (_alerts, _incidents, record) => record({}) },
    onError: (error) => errors.push(error),
    ...overrides,
  }
  return { pipeline: createPipeline(deps), records, published, errors }
}

describe("the pipeline", () => {
  it("records alerts, incidents and decisions in one transaction before anything is published", async () => {
    const order: string[] = []
    const { pipeline } = setUp({
      store: {
        record: async (changes) =>
          void order.push(`record ${changes.alerts?.length} ${changes.incidents?.map(({ version }) => version)}`),
      },
      bus: { publish: (topic) => void order.push(topic) },
      responder: {
        handle: async (_alerts, _incidents, record) => {
          await record({ audit: [] })
          order.push("handled")
        },
      },
    })
    await pipeline.ingest([alertNamed("1"), alertNamed("2")])
    expect(order).toEqual(["record 2 2", "handled", "alert", "alert", "incident"])
  })

  it("acknowledges alerts that come again, and nothing follows from them", async () => {
    const correlated: string[] = []
    const { pipeline, records, published } = setUp({
      store: {
        alerts: async ({ ids = [] }) => ({
          items: ids.includes(alertNamed("1").id) ? [alertNamed("1")] : [],
          next: undefined,
        }),
      },
      correlator: {
        onAlert: (alert) => {
          correlated.push(alert.id)
          return []
        },
        onTime: () => [],
      },
    })
    await pipeline.ingest([alertNamed("1")])
    expect([records, published]).toEqual([[], []])
    await pipeline.ingest([alertNamed("2"), alertNamed("1"), alertNamed("2")])
    expect(records.map(({ alerts }) => alerts?.map(({ id }) => id))).toEqual([["2"]])
    expect(correlated).toEqual(["2"])
  })

  it("takes what comes at once, and what waits behind it, as one batch each, and answers each caller only when it is stored", async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const sizes: number[] = []
    const { pipeline } = setUp({
      store: {
        record: async (changes) => {
          await gate
          sizes.push(changes.alerts?.length ?? 0)
        },
      },
    })
    let answered = 0
    const ingest = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) =>
        pipeline.ingest([alertNamed(String(from + index))]).then(() => answered++),
      )
    const calls = ingest(0, 3)
    await new Promise((resolve) => setImmediate(resolve))
    calls.push(...ingest(3, 7))
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(0)
    release()
    await Promise.all(calls)
    expect(sizes).toEqual([3, 7])
  })

  it("rejects what could not be stored, goes on, and writes the incident with the next batch", async () => {
    const records: Changes[] = []
    let fail = true
    const { pipeline, errors } = setUp({
      store: {
        record: async (changes) => {
          if (fail) throw new Error("disk full")
          records.push(changes)
        },
      },
      correlator: {
        onAlert: (alert) => (alert.id === "1" ? [incidentAt("inc_a", 1)] : [incidentAt("inc_b", 1)]),
        onTime: () => [],
      },
    })
    await expect(pipeline.ingest([alertNamed("1")])).rejects.toThrow("disk full")
    fail = false
    await pipeline.ingest([alertNamed("2")])
    expect(errors).toHaveLength(1)
    expect(records[0]?.incidents?.map(({ id }) => id)).toEqual(["inc_a", "inc_b"])
  })

  it("refuses more than it can hold instead of growing without end", async () => {
    const { pipeline } = setUp({ store: { record: () => new Promise(() => undefined) } })
    void pipeline.ingest([alertNamed("1")])
    const many = Array.from({ length: 19_999 }, (_, index) => alertNamed(String(index)))
    void pipeline.ingest(many)
    await expect(pipeline.ingest([alertNamed("x"), alertNamed("y")])).rejects.toThrow(/slower than the sensors/)
  })

  it("stores and publishes what opens because nothing followed, and nothing when nothing did", async () => {
    const due = [[incidentAt("inc_1", 1)], []]
    const asked: number[] = []
    const { pipeline, records, published } = setUp({
      correlator: {
        onAlert: () => [],
        onTime: (now) => {
          asked.push(now)
          return due.shift() ?? []
        },
      },
    })
    pipeline.tick()
    await pipeline.close()
    pipeline.tick()
    await pipeline.close()
    expect(asked).toEqual([1000, 1000])
    expect(records.map(({ incidents }) => incidents?.length)).toEqual([1])
    expect(published).toEqual(["incident:inc_1"])
  })

  it("takes alerts that come while time is asked for", async () => {
    const { pipeline, records } = setUp()
    pipeline.tick()
    await pipeline.ingest([alertNamed("1")])
    expect(records.map(({ alerts }) => alerts?.length)).toEqual([1])
  })

  it("correlates, stores and publishes the alerts that clustering made, also after a batch that could not be stored", async () => {
    let fail = true
    const correlated: string[] = []
    const records: Changes[] = []
    const { pipeline, published } = setUp({
      clusterer: { onAlert: (alert) => (alert.id === "2" ? [alertNamed("c")] : []) },
      correlator: {
        onAlert: (alert) => {
          correlated.push(alert.id)
          return []
        },
        onTime: () => [],
      },
      store: {
        record: async (changes) => {
          if (fail) throw new Error("disk full")
          records.push(changes)
        },
      },
    })
    await expect(pipeline.ingest([alertNamed("1"), alertNamed("2")])).rejects.toThrow("disk full")
    fail = false
    await pipeline.ingest([alertNamed("3")])
    await pipeline.ingest([alertNamed("4")])
    expect(correlated).toEqual(["1", "2", "c", "3", "c", "4"])
    expect(records.map(({ alerts }) => alerts?.map(({ id }) => id))).toEqual([["3", "c"], ["4"]])
    expect(published).toEqual(["alert:3", "alert:c", "alert:4"])
  })
})
