import { describe, expect, it } from "vitest"
import { createGate, createInTurn } from "./turns.ts"

function door() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

describe("a gate", () => {
  it("lets so many in, lets so many wait, and sends the rest away", async () => {
    const gate = createGate({ atOnce: 2, waiting: 1 })
    const doors = [door(), door(), door()]
    const started: number[] = []
    const enter = (index: number) =>
      gate(async () => {
        started.push(index)
        await doors[index]?.opened
        return index
      })
    const [one, two, three] = [enter(0), enter(1), enter(2)]
    expect(await gate(async () => "too many")).toBeUndefined()
    expect(started).toEqual([0, 1])
    doors[1]?.open()
    expect(await two).toBe(1)
    await Promise.resolve()
    expect(started).toEqual([0, 1, 2])
    doors[0]?.open()
    doors[2]?.open()
    expect(await Promise.all([one, three])).toEqual([0, 2])
    expect(await gate(async () => "free again")).toBe("free again")
  })

  it("gives the place of a task that failed to the next", async () => {
    const gate = createGate({ atOnce: 1, waiting: 1 })
    const failing = gate(() => Promise.reject(new Error("no")))
    const next = gate(async () => "in")
    await expect(failing).rejects.toThrow("no")
    expect(await next).toBe("in")
  })
})

describe("taking turns", () => {
  it("runs one task after the other, also after one failed", async () => {
    const inTurn = createInTurn()
    const order: string[] = []
    const task = (name: string, fails: boolean) => async () => {
      order.push(`${name} starts`)
      await Promise.resolve()
      order.push(`${name} ends`)
      if (fails) throw new Error(name)
    }
    const [one, two] = [inTurn(task("one", true)), inTurn(task("two", false))]
    await expect(one).rejects.toThrow("one")
    await two
    expect(order).toEqual(["one starts", "one ends", "two starts", "two ends"])
  })
})
