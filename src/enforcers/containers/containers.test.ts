import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { has } from "../../../test/support/requirements.ts"
import {
  type CountermeasureId,
  createIds,
  type NodeRef,
  nodeId,
  type QuarantineAction,
  systemClock,
} from "../../core/index.ts"
import { type Quarantine, type QuarantineEnforcer, quarantineKey } from "../enforcer.ts"
import { itKeepsItsEntries } from "../entries-contract.ts"
import { createContainers } from "./containers.ts"
import { createCustodyFiles } from "./custody-files.ts"
import { createDockerApi } from "./docker-api.ts"
import { createEngine, type Engine } from "./engine.ts"
import type { Untouchables } from "./identity.ts"
import { createRehearsal } from "./rehearsal.ts"
import { type Podman, startPodman } from "./testing/podman.ts"

const signal = AbortSignal.timeout(600_000)
const ids = createIds(systemClock)
const nobody: Untouchables = { own: [], never: [] }
const hourMs = 3_600_000

describe.runIf(has("quarantine of containers", "root", "podman"))("the containers enforcer, on a real Podman", () => {
  let podman: Podman
  const folders: string[] = []
  const errors: unknown[] = []
  beforeAll(async () => {
    podman = await startPodman()
  }, 60_000)
  afterEach(() => {
    for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true })
    podman.podman("rm", "--all", "--force", "--time", "0")
    expect(errors.splice(0)).toEqual([])
  }, 30_000)
  afterAll(() => podman.close(), 60_000)

  const folder = () => {
    const dir = mkdtempSync(join(tmpdir(), "thwart-custody-"))
    folders.push(dir)
    return dir
  }
  const engineOf = () => createEngine(createDockerApi({ socket: podman.socket }))
  const open = (dir: string, { engine = engineOf(), untouchables = nobody } = {}): QuarantineEnforcer =>
    createContainers({
      clock: systemClock,
      engine,
      book: createCustodyFiles({ dir, onError: (error) => errors.push(error) }),
      untouchables: () => untouchables,
      rehearse: () => createRehearsal(createDockerApi({ socket: podman.socket })),
      onError: (error) => errors.push(error),
    })
  const nodeOf = (id: string, name = id): NodeRef => ({ id: nodeId.parse(id), kind: "container", name })
  const wish = (action: QuarantineAction, node: NodeRef, more: Partial<Quarantine> = {}): Quarantine => ({
    action,
    node,
    countermeasure: ids.countermeasure(),
    decidedAt: Date.now(),
    expiresAt: Date.now() + hourMs,
    ...more,
  })
  const add = async (enforcer: QuarantineEnforcer, block: Quarantine) =>
    (await enforcer.apply([{ kind: "add", block }], signal))[0]
  const remove = async (enforcer: QuarantineEnforcer, block: Quarantine) =>
    (await enforcer.apply([{ kind: "remove", block }], signal))[0]
  const status = (name: string) => podman.inspect(name).State.Status

  describe("keeps the contract", () => {
    let n = 0
    itKeepsItsEntries(async () => {
      const dir = folder()
      const names = ["a", "b", "c", "bystander"].map((name) => `${name}${n++}`)
      const [bystander = ""] = names.slice(-1)
      for (const name of names) podman.run(name)
      const enforcer = open(dir)
      const targets = names.slice(0, -1).map((name) => ({ name, countermeasure: ids.countermeasure() }))
      const decidedAt = Date.now()
      return {
        enforcer,
        again: () => open(dir),
        keyOf: quarantineKey,
        samples: (expiresAt) =>
          targets.map(({ name, countermeasure }, index) =>
            wish(index === 1 ? "stop" : "pause", nodeOf(name), { countermeasure, decidedAt, expiresAt }),
          ),
        bad: wish("pause", nodeOf("not-there")),
        now: Date.now,
        holds: async ({ node }) => status(node.id) !== "running",
        foreign: async () => JSON.stringify([podman.inspect(bystander).Id, podman.inspect(bystander).State]),
        close: async () => undefined,
      }
    })
  })

  it("takes evidence before it acts, masks secrets, and keeps it behind the end", async () => {
    podman.run("evil", {
      options: ["--env", "DB_PASSWORD=hunter2", "--env", "LD_PRELOAD=/tmp/x.so"],
      command: "echo dsn=postgres://app:hunter2@db/shop; touch /tmp/dropper; while true; do sleep 7; done",
    })
    const dir = folder()
    const enforcer = open(dir)
    const block = wish("pause", nodeOf("evil"))
    await podman.until(() => podman.podman("logs", "evil").includes("dsn="))
    expect(await add(enforcer, block)).toEqual({ kind: "applied" })
    await remove(enforcer, block)
    const evidence = JSON.stringify(await open(dir).evidenceOf(block.countermeasure))
    expect(JSON.parse(evidence)).toMatchObject({
      container: { name: "evil" },
      inspection: { State: { Status: "running" } },
      processes: { Titles: expect.arrayContaining(["PID"]) },
      changedFiles: { first: expect.arrayContaining([{ Path: "/tmp/dropper", Kind: 1 }]) },
      log: { cut: false },
      problems: [],
    })
    for (const seen of ["LD_PRELOAD=/tmp/x.so", "DB_PASSWORD=***", "postgres://app:***@db/shop", "sleep 7"])
      expect(evidence).toContain(seen)
    expect(evidence).not.toContain("hunter2")
    const files = readdirSync(join(dir, "evidence")).map((name) => join(dir, "evidence", name))
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600])
    expect(await enforcer.evidenceOf("cm_unknown" as CountermeasureId)).toBeUndefined()
  })

  it("leaves a container paused that was paused before, and stopped that was stopped", async () => {
    podman.run("paused")
    podman.podman("pause", "paused")
    podman.run("stopped")
    podman.podman("stop", "--time", "0", "stopped")
    const enforcer = open(folder())
    for (const block of [wish("pause", nodeOf("paused")), wish("stop", nodeOf("stopped"))]) {
      expect(await add(enforcer, block)).toEqual({ kind: "applied" })
      expect(await remove(enforcer, block)).toEqual({ kind: "applied" })
    }
    expect([status("paused"), status("stopped")]).toEqual(["paused", "exited"])
  })

  it("stops and restarts what is paused", async () => {
    podman.run("one")
    podman.run("two")
    const before = podman.inspect("two").State.StartedAt
    for (const name of ["one", "two"]) podman.podman("pause", name)
    const enforcer = open(folder())
    expect(await add(enforcer, wish("stop", nodeOf("one")))).toEqual({ kind: "applied" })
    expect(await add(enforcer, wish("restart", nodeOf("two")))).toEqual({ kind: "applied" })
    expect([status("one"), status("two")]).toEqual(["exited", "running"])
    expect(podman.inspect("two").State.StartedAt).not.toBe(before)
  })

  it("restarts once, however often it is told to, and again only for another countermeasure", async () => {
    podman.run("web")
    const dir = folder()
    const block = wish("restart", nodeOf("web"))
    expect(await add(open(dir), block)).toEqual({ kind: "applied" })
    const started = podman.inspect("web").State.StartedAt
    expect(await open(dir).observe(signal)).toEqual([block])
    expect(await add(open(dir), block)).toEqual({ kind: "already" })
    expect(podman.inspect("web").State.StartedAt).toBe(started)
    expect(await remove(open(dir), block)).toEqual({ kind: "applied" })
    expect(podman.inspect("web").State.StartedAt).toBe(started)
    expect(await add(open(dir), wish("restart", nodeOf("web")))).toEqual({ kind: "applied" })
    expect(podman.inspect("web").State.StartedAt).not.toBe(started)
  })

  it("removes for good, keeps the evidence, and leaves alone what comes in its place", async () => {
    const id = podman.run("web")
    const enforcer = open(folder())
    const block = wish("remove", nodeOf(id.slice(0, 12), "web"))
    expect(await add(enforcer, block)).toEqual({ kind: "applied" })
    expect(await enforcer.observe(signal)).toEqual([block])
    expect(await enforcer.evidenceOf(block.countermeasure)).toMatchObject({ container: { id } })
    podman.run("web")
    expect(await add(enforcer, block)).toEqual({ kind: "already" })
    expect(status("web")).toBe("running")
    expect(await remove(enforcer, block)).toEqual({ kind: "applied" })
    expect(status("web")).toBe("running")
  })

  it("does not touch another container of the same name, by name or by id", async () => {
    const first = podman.run("web")
    const decidedAt = Date.now()
    podman.podman("rm", "--force", "--time", "0", "web")
    podman.run("web")
    const enforcer = open(folder())
    expect(await add(enforcer, wish("stop", nodeOf("web"), { decidedAt }))).toEqual({
      kind: "not-enforced",
      reason: expect.stringContaining("made after the decision; it is another container of the same name"),
    })
    expect(await add(enforcer, wish("stop", nodeOf(first.slice(0, 12), "web")))).toEqual({
      kind: "not-enforced",
      reason: expect.stringContaining(`is not the container ${first.slice(0, 12)} that was meant`),
    })
    expect(status("web")).toBe("running")
  })

  it("does not act on a container that was started anew while evidence was taken", async () => {
    podman.run("web")
    const engine = engineOf()
    const slow: Engine = {
      ...engine,
      changes: async (id, within) => {
        podman.podman("restart", "--time", "0", "web")
        return engine.changes(id, within)
      },
    }
    const dir = folder()
    expect(await add(open(dir, { engine: slow }), wish("pause", nodeOf("web")))).toEqual({
      kind: "failed",
      reason: "web was started anew while it was looked at; it is looked at again",
    })
    expect(status("web")).toBe("running")
  })

  it("never touches its own container, nor a protected one by name or id", async () => {
    const id = podman.run("web")
    const cases: readonly (readonly [Untouchables, RegExp])[] = [
      [{ own: [id], never: [] }, /the container that Thwart itself runs in/],
      [{ own: [], never: ["web"] }, /never quarantined/],
      [{ own: [], never: [id.slice(0, 12)] }, /never quarantined/],
    ]
    for (const [untouchables, why] of cases)
      expect(await add(open(folder(), { untouchables }), wish("remove", nodeOf(id.slice(0, 12), "else")))).toEqual({
        kind: "not-enforced",
        reason: expect.stringMatching(why),
      })
    expect(status("web")).toBe("running")
  })

  const refusals: readonly (readonly [QuarantineAction, readonly string[], string, RegExp])[] = [
    ["isolate", [], "host", /no network of its own .*\(host\); pause or stop it/],
    ["stop", ["--rm"], "none", /deleted when it stops \(--rm\)/],
  ]
  it.each(refusals)("says why it can't %s a container with %j on network %s", async (action, options, network, why) => {
    expect(refusals).toHaveLength(2)
    podman.run("web", { options, network })
    expect(await add(open(folder()), wish(action, nodeOf("web")))).toEqual({
      kind: "not-enforced",
      reason: expect.stringMatching(why),
    })
    expect(status("web")).toBe("running")
  })

  it("refuses to restart what does not run, and nodes that are no containers", async () => {
    podman.run("web")
    podman.podman("stop", "--time", "0", "web")
    const enforcer = open(folder())
    expect(await add(enforcer, wish("restart", nodeOf("web")))).toMatchObject({ kind: "not-enforced" })
    expect(await add(enforcer, wish("stop", { ...nodeOf("web"), kind: "pod" }))).toEqual({
      kind: "not-enforced",
      reason: "pod web is no container",
    })
    expect(status("web")).toBe("exited")
  })

  it("tells of what somebody undid as ended, and does it again when it is still wanted", async () => {
    podman.run("web")
    const enforcer = open(folder())
    const block = wish("pause", nodeOf("web"))
    await add(enforcer, block)
    podman.podman("unpause", "web")
    expect(await enforcer.observe(signal)).toEqual([{ ...block, expiresAt: 0 }])
    expect(await enforcer.apply([{ kind: "extend", block }], signal)).toEqual([{ kind: "applied" }])
    expect(status("web")).toBe("paused")
    podman.podman("unpause", "web")
    expect(await remove(enforcer, block)).toEqual({ kind: "applied" })
    expect([status("web"), await enforcer.observe(signal)]).toEqual(["running", []])
  })

  it("goes on after a crash between writing down and acting", async () => {
    podman.run("web")
    const engine = engineOf()
    const dying: Engine = { ...engine, pause: () => Promise.reject(new Error("killed")) }
    const dir = folder()
    const block = wish("pause", nodeOf("web"))
    expect(await add(open(dir, { engine: dying }), block)).toEqual({ kind: "failed", reason: "killed" })
    const next = open(dir)
    expect(await next.observe(signal)).toEqual([{ ...block, expiresAt: 0 }])
    expect(await remove(next, block)).toEqual({ kind: "applied" })
    expect(await next.observe(signal)).toEqual([])
    expect(status("web")).toBe("running")
  })

  it("reads past a broken file of custody, and says which", async () => {
    podman.run("web")
    const dir = folder()
    await add(open(dir), wish("pause", nodeOf("web")))
    writeFileSync(join(dir, "custody", "cm_broken.json"), "{")
    expect(await open(dir).observe(signal)).toHaveLength(1)
    expect(errors.splice(0).map(String)).toEqual([
      expect.stringMatching(/cm_broken\.json can't be read: .*let go by hand/),
    ])
  })

  it.runIf(has("isolation of containers", "cni"))(
    "isolates from every network, and gives back addresses and aliases",
    async () => {
      const networks = [podman.network(), podman.network()]
      const [one, two] = networks.map(({ name }) => name)
      podman.run("web", {
        network: String(one),
        options: ["--ip", networks[0]?.address(9) ?? "", "--network-alias", "shop"],
      })
      podman.podman("network", "connect", "--ip", networks[1]?.address(11) ?? "", "--alias", "back", String(two), "web")
      const places = () =>
        Object.entries(podman.inspect("web").NetworkSettings.Networks ?? {})
          .map(([name, { IPAddress, MacAddress, Aliases }]) => ({ name, IPAddress, MacAddress, Aliases }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      const before = places()
      expect(before).toHaveLength(2)
      const reachable = () => {
        try {
          return podman.podman("exec", "web", "busybox", "ip", "-o", "-4", "addr").includes("10.")
        } catch (error) {
          return String(error)
        }
      }
      expect(reachable()).toBe(true)
      const dir = folder()
      const block = wish("isolate", nodeOf("web"))
      expect(await add(open(dir), block)).toEqual({ kind: "applied" })
      expect(places()).toEqual([])
      expect(reachable()).toBe(false)
      expect(await open(dir).observe(signal)).toEqual([block])
      expect(await remove(open(dir), block)).toEqual({ kind: "applied" })
      expect(places()).toEqual(before)
      expect(reachable()).toBe(true)
    },
  )

  it.runIf(has("isolation of containers", "cni"))(
    "says what keeps it from connecting a container again, and does it when that is over",
    async () => {
      const { name, remake } = podman.network()
      podman.run("web", { network: name })
      const enforcer = open(folder())
      const block = wish("isolate", nodeOf("web"))
      expect(await add(enforcer, block)).toEqual({ kind: "applied" })
      podman.podman("network", "rm", name)
      expect(await remove(enforcer, block)).toEqual({
        kind: "failed",
        reason: expect.stringMatching(/networks\/thwart-\w+\/connect: 404, .*not found/),
      })
      expect(await enforcer.observe(signal)).toEqual([block])
      remake()
      expect(await remove(enforcer, block)).toEqual({ kind: "applied" })
      expect(Object.keys(podman.inspect("web").NetworkSettings.Networks ?? {})).toEqual([name])
    },
  )

  it("throws when the engine can't be reached at all", async () => {
    const engine = createEngine(createDockerApi({ socket: "/run/nowhere.sock" }))
    const enforcer = open(folder(), { engine })
    await expect(enforcer.observe(signal)).rejects.toThrow(/there is no socket/)
    await expect(add(enforcer, wish("pause", nodeOf("web")))).rejects.toThrow(/there is no socket/)
  })

  it("tells in a preview each call to the engine, and makes none", async () => {
    podman.run("web")
    const enforcer = open(folder())
    const { Id } = podman.inspect("web")
    const callsOf = async (action: QuarantineAction, name = "web") =>
      enforcer.preview?.([{ kind: "add", block: wish(action, nodeOf(name)) }], signal)
    const paused = await callsOf("pause")
    expect(paused?.note).toBe("evidence is taken first")
    const path = `/containers/${Id}`
    const calls = (paused?.calls ?? []).map(({ call }) => call.replace(/\/v[\d.]+/, "").replace(/\?.*/, ""))
    // Evidence is asked for at once.
    expect(calls.slice(0, 3).sort()).toEqual([`GET ${path}/changes`, `GET ${path}/logs`, `GET ${path}/top`])
    expect(calls.slice(3)).toEqual([`POST ${path}/pause`])
    expect((await callsOf("remove"))?.calls.at(-1)?.call).toMatch(/^DELETE .*\?force=true$/)
    expect(await callsOf("pause", "nobody")).toEqual({
      calls: [],
      note: "there is no container nobody here (any longer)",
    })
    expect([status("web"), await enforcer.observe(signal)]).toEqual(["running", []])
  })
})
