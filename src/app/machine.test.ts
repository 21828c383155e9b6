import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { systemClock } from "../core/index.ts"
import { createEnforcers } from "./builtins.ts"
import { parseConfig } from "./config.ts"
import { announcedServer, announceServer, dataDirOf, forgetServer } from "./data-dir.ts"
import { examine, type Machine } from "./doctor.ts"

describe("the configuration", () => {
  it("has a safe default for everything", () => {
    expect(parseConfig("", "thwart.yaml")).toMatchObject({
      listen: { host: "127.0.0.1", port: 8470 },
      insecure: false,
      enforcers: [],
      capture: [],
    })
  })

  it("tells every mistake with its line and column", () => {
    const mistakes = () =>
      parseConfig("listen:\n  port: 99999\ncolour: red\nhomeNets: [10.0.0.0/8, nonsense]\n", "thwart.yaml")
    expect(mistakes).toThrow(/3 mistakes/)
    for (const place of ["thwart.yaml:2:9", "thwart.yaml:3:9", "thwart.yaml:4:24"]) expect(mistakes).toThrow(place)
  })

  it("names enforcers that there are, once each", () => {
    const deps = { clock: systemClock, onError: () => undefined, note: () => undefined }
    const settings = { netns: null, protectedNodes: [], dataDir: "/nowhere" }
    const make = (...asked: Parameters<typeof createEnforcers>[0]) => createEnforcers(asked, deps, settings)
    expect(make("http", "nftables").blocking.map(({ id }) => id)).toEqual(["http", "nftables"])
    const { enforcers } = parseConfig("enforcers: [http, { kind: containers, socket: /run/p.sock }]", "thwart.yaml")
    expect(make(...enforcers).quarantining.map(({ id }) => id)).toEqual(["containers"])
    expect(() => make("containers", ...enforcers)).toThrow(/"containers" is named twice/)
    expect(() => make("iptables")).toThrow(
      /no enforcer "iptables"; there are: nftables, http, containers, aws-waf, aws-nacl/,
    )
    expect(() => make("aws-waf")).toThrow(/docs\/reference\/aws.md/)
    expect(() => make("http", "http")).toThrow(/named twice/)
  })
})

describe("the data folder", () => {
  it("is what was asked for, the environment's, or the user's own", () => {
    expect(dataDirOf("/asked", { THWART_DATA: "/env" }, true)).toBe("/asked")
    expect(dataDirOf(undefined, { THWART_DATA: "/env" }, true)).toBe("/env")
    expect(dataDirOf(undefined, {}, true)).toBe("/var/lib/thwart")
    expect(dataDirOf(undefined, {}, false)).toMatch(/\.thwart$/)
  })

  it("tells its own user alone where the server is", () => {
    const folder = mkdtempSync(join(tmpdir(), "thwart-data-"))
    const server = { url: "http://127.0.0.1:8470", token: "thw_x" }
    expect(announcedServer(folder)).toBeUndefined()
    announceServer(folder, server)
    expect(announcedServer(folder)).toEqual(server)
    expect(statSync(join(folder, "server.json")).mode & 0o777).toBe(0o600)
    forgetServer(folder)
    expect(announcedServer(folder)).toBeUndefined()
    rmSync(folder, { recursive: true, force: true })
  })
})

describe("the doctor", () => {
  const machine = (overrides: Partial<Machine>): Machine => ({
    platform: "linux",
    nodeVersion: "v24.1.0",
    isRoot: true,
    probe: () => undefined,
    exists: () => false,
    read: () => undefined,
    engineAt: async () => "Docker, API 1.44",
    env: {},
    ...overrides,
  })
  const states = async (of: Machine) => Object.fromEntries((await examine(of)).map(({ name, state }) => [name, state]))

  it("finds what is there", async () => {
    const able = machine({
      probe: (command) => `${command} 1.0`,
      exists: () => true,
      read: () => "CapEff:\t000001ffffffffff\n",
    })
    expect(await states(able)).toEqual({
      node: "ok",
      privileges: "ok",
      nft: "ok",
      tcpdump: "ok",
      bpftrace: "ok",
      containers: "ok",
      aws: "ok",
    })
  })

  it("says of everything that is missing what to do", async () => {
    const bare = await examine(
      machine({ nodeVersion: "v20.1.0", isRoot: false, read: () => "CapEff:\t0000000000000000\n" }),
    )
    expect(bare.map(({ state }) => state)).toEqual([
      "missing",
      "limited",
      "missing",
      "missing",
      "missing",
      "missing",
      "missing",
    ])
    for (const { name, fix } of bare) expect(fix, name).toBeTruthy()
  })

  it("says where credentials for AWS were found", async () => {
    const places: readonly (readonly [Partial<Machine>, string])[] = [
      [{ env: { AWS_PROFILE: "ops" } }, "credentials by AWS_PROFILE"],
      [{ env: { HOME: "/home/a" }, exists: (path) => path === "/home/a/.aws/config" }, "/home/a/.aws/config"],
      [{ env: { AWS_SHARED_CREDENTIALS_FILE: "/c" }, exists: (path) => path === "/c" }, "credentials by /c"],
    ]
    for (const [of, found] of places)
      expect((await examine(machine(of))).at(-1)).toMatchObject({ state: "ok", found: expect.stringContaining(found) })
    expect(places).toHaveLength(3)
  })

  it("tells what is wrong with a container engine that does not answer", async () => {
    const refused = machine({
      exists: (path) => path === "/run/user/7/podman/podman.sock",
      env: { XDG_RUNTIME_DIR: "/run/user/7" },
      engineAt: (socket) => Promise.reject(new Error(`nothing listens at ${socket}`)),
    })
    expect((await examine(refused)).at(-2)).toMatchObject({
      state: "limited",
      found: "nothing listens at /run/user/7/podman/podman.sock",
    })
  })

  it("tells a tool that may not be used from one that is not there", async () => {
    const denied = machine({
      probe: (command, [first]) => (command === "nft" && first === "-j" ? undefined : `${command} 1.0`),
    })
    expect(await states(denied)).toMatchObject({ nft: "limited", bpftrace: "limited", containers: "limited" })
  })
})
