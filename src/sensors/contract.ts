import { describe, expect, it } from "vitest"
import { type Observation, ThwartError } from "../core/index.ts"
import type { Sensor } from "./sensor.ts"

/** A sensor under test: one that has something to observe, and one whose input is not there. */
export interface SensorCase {
  /** Makes a sensor whose run ends by itself, or is stopped once `expected` observations were made. */
  create(): Sensor | Promise<Sensor>
  /** Makes what there is to observe, for a sensor of live things; called once the sensor runs. */
  provoke?(): Promise<void>
  readonly expected: number
  /** A sensor that can't do its work, and the code of the error that says so. */
  readonly broken: { create(): Sensor | Promise<Sensor>; readonly code: string }
}

/** What every sensor must do, whatever it observes. */
export function describeSensor(name: string, { create, provoke, expected, broken }: SensorCase): void {
  const runUntil = async (sensor: Sensor, enough: number, sink: (seen: Observation) => void | Promise<void>) => {
    const stop = new AbortController()
    let seen = 0
    const running = sensor.run(async (observation) => {
      await sink(observation)
      if (++seen >= enough && provoke !== undefined) stop.abort()
    }, stop.signal)
    const provoking = async () => {
      if (provoke === undefined) return
      while (sensor.status().state === "starting") await new Promise((resolve) => setTimeout(resolve, 10))
      await provoke()
    }
    await Promise.all([running, provoking()])
  }

  describe(`the sensor ${name}`, () => {
    it("gives each observation once, says that it made it, and stops at the end", async () => {
      const sensor = await create()
      expect(sensor.status()).toMatchObject({ state: "starting", reason: null, observations: 0 })
      const seen: Observation[] = []
      await runUntil(sensor, expected, (observation) => {
        seen.push(observation)
        expect(sensor.status().state).toBe("running")
      })
      expect(seen).toHaveLength(expected)
      expect(new Set(seen.map(({ id }) => id)).size).toBe(expected)
      expect(new Set(seen.map(({ sensor: by }) => by))).toEqual(new Set([sensor.id]))
      expect(sensor.status()).toMatchObject({ state: "stopped", reason: null, observations: expected })
    })

    it("waits for its sink, and never gives two at once", async () => {
      let under = 0
      await runUntil(await create(), expected, async () => {
        expect(++under).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        under--
      })
    })

    it("rejects with what its sink throws", async () => {
      const sensor = await create()
      const refusing = runUntil(sensor, expected, () => {
        throw new Error("the sink is full")
      })
      await expect(refusing).rejects.toThrow("the sink is full")
      expect(sensor.status()).toMatchObject({ state: "failed", reason: "the sink is full" })
    })

    it("does nothing when it was stopped before it ran", async () => {
      const sensor = await create()
      const stopped = new AbortController()
      stopped.abort()
      await sensor.run(() => expect.unreachable("observed after the end"), stopped.signal)
      expect(sensor.status()).toMatchObject({ state: "stopped", observations: 0 })
    })

    it("says why it can't work", async () => {
      const sensor = await broken.create()
      const failed = await sensor.run(() => undefined, new AbortController().signal).catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(ThwartError)
      expect(failed).toMatchObject({ code: broken.code })
      expect(sensor.status().state).toBe("failed")
      expect(sensor.status().reason).not.toBe(null)
    })
  })
}
