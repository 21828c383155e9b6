import { describe, expect, it } from "vitest"
import type { Alert, Incident } from "../core/index.ts"
import type { Changes } from "../store/store.ts"
import { createPipeline, type PipelineDeps } from "./pipeline.ts"

// The pipeline looks at ids and versions only, so that is all these carry.
const alertNamed = (id: string) => ({ id }) as unknown as Alert
const incidentAt = (id: string, version: number) => ({ id, version }) as unknown as Incident

function setUp(overrides: Partial<PipelineDeps> = {}) {
  const records: Changes[] = []
  const published: string[] = []
  const errors: unknown[] = []
  const deps: PipelineDeps = {
    store: { record: async (changes) => void records.push(changes) },
    bus: { publish: (topic, message) => void published.push(`${topic}:${message.id}`) },
    correlator: { onAlert: (alert) => [incidentAt("inc_1", Number(alert.id))] },
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
      correlator: { onAlert: (alert) => (alert.id === "1" ? [incidentAt("inc_a", 1)] : [incidentAt("inc_b", 1)]) },
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
})
