import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { has } from "../../../test/support/requirements.ts"
import { createDockerApi } from "./docker-api.ts"
import { type Container, createEngine, type Engine } from "./engine.ts"
import { type Podman, startPodman } from "./testing/podman.ts"

const signal = AbortSignal.timeout(300_000)

describe.runIf(has("the container engine", "root", "podman"))("the engine, on a real Podman", () => {
  let podman: Podman
  let engine: Engine
  beforeAll(async () => {
    podman = await startPodman()
    engine = createEngine(createDockerApi({ socket: podman.socket }))
  }, 60_000)
  afterAll(() => podman.close(), 60_000)

  const found = async (name: string): Promise<Container> => {
    const container = await engine.inspect(name, signal)
    if (container === undefined) throw new Error(`${name} is not there`)
    return container
  }
  const status = (name: string) => podman.inspect(name).State.Status

  it("connects, and tells what answers", async () => {
    expect(await engine.connect(signal)).toEqual({ version: "1.41", server: expect.stringContaining("Libpod") })
  })

  it("finds a container by its name, its id and the beginning of its id, and nothing else", async () => {
    const id = podman.run("found")
    for (const name of ["found", id, id.slice(0, 12)]) expect(await found(name)).toMatchObject({ id, name: "found" })
    expect(await engine.inspect("not-there", signal)).toBeUndefined()
    expect(await engine.inspect("../images", signal)).toBeUndefined()
    expect(Math.abs((await found("found")).createdAt - Date.now())).toBeLessThan(60_000)
  })

  it("pauses and goes on, stops and starts, restarts and removes", async () => {
    podman.run("changed")
    const { id, startedAt } = await found("changed")
    await engine.pause(id, signal)
    expect(status(id)).toBe("paused")
    expect(await found(id)).toMatchObject({ paused: true })
    await engine.unpause(id, signal)
    expect(status(id)).toBe("running")
    await engine.stop(id, signal)
    expect(await found(id)).toMatchObject({ running: false, startedAt })
    await engine.start(id, signal)
    const second = await found(id)
    expect([second.running, second.startedAt === startedAt]).toEqual([true, false])
    await engine.restart(id, signal)
    expect((await found(id)).startedAt).not.toBe(second.startedAt)
    await engine.remove(id, signal)
    expect(await engine.inspect(id, signal)).toBeUndefined()
  })

  it("reads processes, changed files and the last lines of both streams", async () => {
    const id = podman.run("talks", {
      command:
        "for i in 1 2 3 4 5; do echo line $i; done; echo alarm >&2; touch /tmp/dropped; while true; do sleep 7; done",
    })
    await sleep(500)
    expect(JSON.stringify(await engine.processes(id, signal))).toContain("sleep 7")
    expect(await engine.changes(id, signal)).toContainEqual({ Path: "/tmp/dropped", Kind: 1 })
    const tail = await engine.logTail(await found(id), { lines: 3, bytes: 10_000 }, signal)
    expect(
      tail.text
        .trim()
        .split("\n")
        .map((line) => line.replace(/^\S+ /, "")),
    ).toEqual(["line 4", "line 5", "alarm"])
    const short = await engine.logTail(await found(id), { lines: 100, bytes: 60 }, signal)
    expect([short.cut, short.text.length < 60]).toEqual([true, true])
  })

  it.runIf(has("networks of containers", "cni"))(
    "takes a container from its network and gives back its place there",
    async () => {
      const { name: network, address } = podman.network()
      const id = podman.run("connected", {
        network,
        options: ["--ip", address(9), "--mac-address", "02:00:00:00:07:09", "--network-alias", "web"],
      })
      const before = (await found(id)).attachments
      expect(before).toEqual([
        {
          network,
          ipv4: address(9),
          ipv6: null,
          fixed: false,
          mac: "02:00:00:00:07:09",
          aliases: ["web"],
          links: [],
          driverOptions: {},
        },
      ])
      await engine.disconnect(id, network, signal)
      expect((await found(id)).attachments).toEqual([])
      const [place] = before
      if (place === undefined) throw new Error("no network")
      await engine.attach(id, place, signal)
      expect((await found(id)).attachments).toEqual(before)
      expect(podman.inspect(id).NetworkSettings.Networks?.[network]?.IPAddress).toBe(address(9))
    },
  )
})
