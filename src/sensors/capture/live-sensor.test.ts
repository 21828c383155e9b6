import { createServer, request, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { has } from "../../../test/support/requirements.ts"
import { createIds, type HttpObservation, systemClock } from "../../core/index.ts"
import { describeSensor } from "../contract.ts"
import { createLiveCaptureSensor, type LiveCaptureOptions } from "./live-sensor.ts"
import { type Capture, spawnTcpdump } from "./tcpdump.ts"
import { testNode } from "./testing/observe.ts"

const present = has("live capture on the loopback interface", "root", "tcpdump")
const ids = createIds(systemClock)
let server: Server
let port = 0

beforeAll(async () => {
  server = createServer((asked, answer) => {
    // Never answered: a sensor that waited for the response would wait for ever.
    if (asked.url !== "/hanging") answer.end("served")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  port = (server.address() as AddressInfo).port // It listens on a port, not a path.
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const live = (options: Partial<LiveCaptureOptions> = {}, deps = {}) =>
  createLiveCaptureSensor(
    { ids, clock: systemClock, ...deps },
    { interface: "lo", filter: `tcp port ${port}`, node: testNode, ...options },
  )

function ask(target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, path: target, agent: false }, (answer) => {
      answer.resume().on("end", resolve)
    })
    asking.on("error", reject).end()
  })
}

const running = async (sensor: ReturnType<typeof live>) => {
  while (sensor.status().state !== "running") await new Promise((resolve) => setTimeout(resolve, 10))
}

if (present)
  describeSensor("of live traffic", {
    create: () => live(),
    provoke: async () => {
      for (const target of ["/1", "/2", "/3"]) await ask(target)
    },
    expected: 3,
    broken: { create: () => live({ interface: "no-such-interface" }), code: "THWART_CAPTURE_FAILED" },
  })

describe.runIf(present)("live capture", () => {
  it("tells of a transaction as soon as it is complete, and of a request without an answer in half a second", async () => {
    const sensor = live()
    const stop = new AbortController()
    const seen: (readonly [HttpObservation, number])[] = []
    const done = sensor.run((observation) => {
      if (observation.kind === "http") seen.push([observation, Date.now() - observation.at])
      if (seen.length === 2) stop.abort()
    }, stop.signal)
    await running(sensor)
    await ask("/served")
    ask("/hanging").catch(() => undefined) // Cut off at the end of the test.
    await done
    expect(
      seen.map(
        ([
          {
            request: { target },
            response,
          },
        ]) => [target, response?.body],
      ),
    ).toEqual([
      ["/served", "served"],
      ["/hanging", undefined],
    ])
    for (const [observation, afterMs] of seen) {
      expect(observation.origin).toEqual({ file: null, frame: null, line: null })
      expect(afterMs).toBeLessThan(1500)
    }
    expect(seen[1]?.[1]).toBeGreaterThan(450)
  })

  it("starts tcpdump again when it ends, and goes on", async () => {
    const captures: Capture[] = []
    const reasons: string[] = []
    const spawn: typeof spawnTcpdump = (command, args) => {
      const capture = spawnTcpdump(command, args)
      captures.push(capture)
      return capture
    }
    const sensor = live({}, { spawn, onRestart: (reason: string) => reasons.push(reason) })
    const stop = new AbortController()
    const seen: string[] = []
    const done = sensor.run((observation) => {
      if (observation.kind === "http") seen.push(observation.request.target)
      if (seen.length === 2) stop.abort()
    }, stop.signal)
    await running(sensor)
    await ask("/before")
    while (seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 10))
    captures[0]?.kill("SIGKILL")
    while (captures.length < 2 || sensor.status().reason !== null)
      await new Promise((resolve) => setTimeout(resolve, 10))
    await ask("/after")
    await done
    expect(seen).toEqual(["/before", "/after"])
    expect(reasons).toHaveLength(1)
  })

  it("says that tcpdump is not installed", async () => {
    const missing = live({ command: "/nowhere/tcpdump" }).run(() => undefined, new AbortController().signal)
    await expect(missing).rejects.toThrow(/"\/nowhere\/tcpdump" is not installed \(apt-get install/)
  })

  it("says that a filter is wrong", async () => {
    const wrong = live({ filter: "this is no filter" }).run(() => undefined, new AbortController().signal)
    await expect(wrong).rejects.toThrow(/can't capture on "lo": .*syntax error/)
  })

  it("says that a network namespace is not there", async () => {
    const wrong = live({ netns: "thwart-none" }).run(() => undefined, new AbortController().signal)
    await expect(wrong).rejects.toThrow(/can't capture on "lo": .*thwart-none/)
  })
})
