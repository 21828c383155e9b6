import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { type Cidr, createManualClock, overlaps, prefix } from "../../core/index.ts"
import { createSecrets, signedHeaders, signingKeys } from "../../outbound/index.ts"
import { itKeepsTheContract } from "../contract.ts"
import type { Block, Enforcer, Operation } from "../enforcer.ts"
import { createBook } from "../told/index.ts"
import { webhookConfig } from "./config.ts"
import { createWebhookEnforcer } from "./webhook.ts"

const start = 1_700_000_000_000
const signal = new AbortController().signal
const env = { FW_TOKEN: "token-of-the-firewall", FW_SECRET: `whsec_${Buffer.alloc(32, 9).toString("base64")}` }
let cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const task of cleanUp.reverse()) await task()
  cleanUp = []
})

interface Call {
  readonly method: string
  readonly path: string
  readonly text: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** A firewall of somebody's with an HTTP API, which holds an entry of another's. */
async function startFirewall(answer: (call: Call) => number | undefined = () => undefined) {
  const entries = new Map<string, unknown>([["inbound 192.0.2.99/32", null]])
  const calls: Call[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { method = "", url: path = "", headers } = request
    const call = { method, path, headers, text: Buffer.concat(parts).toString("utf8") }
    calls.push(call)
    const status = answer(call)
    if (status === 0) return request.socket.destroy()
    if (status !== undefined) return response.writeHead(status).end(`no ${headers.authorization}`)
    if (method === "GET") return response.end(JSON.stringify([...entries.keys()]))
    const [, direction, target = ""] = /^\/blocks\/(\w+)\/(.+)$/.exec(path) ?? []
    const key = `${direction} ${decodeURIComponent(target)}`
    if (method === "DELETE") return response.writeHead(entries.delete(key) ? 204 : 404).end()
    entries.set(key, JSON.parse(call.text))
    return response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const bound = server.address()
  cleanUp.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { entries, calls, url: `http://127.0.0.1:${bound !== null && typeof bound === "object" ? bound.port : 0}` }
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "thwart-webhook-"))
  cleanUp.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

const clock = createManualClock(start)

function enforcerFor(
  url: string,
  dir: string,
  settings: object = {},
  onError: (error: unknown) => void = () => undefined,
): Enforcer {
  const headers = { Authorization: { env: "FW_TOKEN" } }
  const place = `${url}/blocks/{{direction}}/{{target}}`
  const body = { address: "{{address}}", bits: "{{prefixLength}}", until: "{{expiresAt}}", note: "by {{ action }}" }
  const config = webhookConfig.parse({
    kind: "webhook",
    block: { method: "PUT", url: place, headers, body },
    unblock: { url: place, headers },
    list: { url: `${url}/blocks`, headers },
    directions: ["inbound", "outbound"],
    atOnce: 16,
    timeout: "5s",
    maxEntries: 100_000,
    ...settings,
  })
  const secrets = createSecrets({ env, readFile: () => "" })
  const book = createBook({ file: join(dir, "enforcers", "webhook.jsonl"), onError })
  return createWebhookEnforcer({ clock, fetch, secrets, book }, config)
}

const block = (target: string, expiresAt: number | null = null): Block => ({
  target: prefix(target),
  direction: "inbound",
  expiresAt,
})
const add = (...blocks: readonly Block[]): readonly Operation[] => blocks.map((one) => ({ kind: "add", block: one }))

describe("the webhook enforcer", () => {
  itKeepsTheContract(async () => {
    const { entries, url } = await startFirewall()
    const dir = folder()
    const enforcer = enforcerFor(url, dir)
    return {
      enforcer,
      again: () => enforcerFor(url, dir),
      directions: ["inbound", "outbound"],
      many: 2000,
      now: clock.now,
      // As the reconciler does at the end of a block.
      pass: async (ms) => {
        clock.advance(ms)
        const over = (await enforcer.observe(signal)).filter(
          ({ expiresAt }) => expiresAt !== null && expiresAt <= clock.now(),
        )
        await enforcer.apply(
          over.map((one) => ({ kind: "remove", block: one })),
          signal,
        )
      },
      foreign: async () => JSON.stringify([...entries].filter(([key]) => key.includes("192.0.2.99"))),
      holds: async (address, direction) =>
        [...entries.keys()].some((key) => {
          const [way, target] = key.split(" ")
          // The cast holds: the enforcer was given prefixes.
          return way === direction && overlaps(target as Cidr, prefix(address))
        }),
      close: async () => undefined,
    }
  })

  it("says what the settings say, with numbers and nulls as such, signed", async () => {
    const { calls, url } = await startFirewall()
    const enforcer = enforcerFor(url, folder(), { secret: { env: "FW_SECRET" } })
    const results = await enforcer.apply(add(block("203.0.113.7", start + 90_000), block("2001:db8::/32")), signal)
    expect(results).toEqual([{ kind: "applied" }, { kind: "applied" }])
    const [first, second] = calls.toSorted((one, other) => (one.path < other.path ? 1 : -1))
    expect([first?.method, first?.path, first?.headers.authorization]).toEqual([
      "PUT",
      "/blocks/inbound/203.0.113.7%2F32",
      "token-of-the-firewall",
    ])
    expect(JSON.parse(first?.text ?? "")).toEqual({
      address: "203.0.113.7",
      bits: 32,
      until: new Date(start + 90_000).toISOString(),
      note: "by block",
    })
    expect(JSON.parse(second?.text ?? "")).toMatchObject({ address: "2001:db8::/32", bits: 32, until: null })
    const signed = { id: String(first?.headers["webhook-id"]), at: clock.now(), body: first?.text ?? "" }
    expect(first?.headers).toMatchObject(signedHeaders(signingKeys(env.FW_SECRET), signed))
  })

  it("tells again what the firewall forgot, and never touches what is another's", async () => {
    const { entries, url } = await startFirewall()
    const enforcer = enforcerFor(url, folder())
    await enforcer.apply(add(block("203.0.113.7"), block("203.0.113.8")), signal)
    entries.delete("inbound 203.0.113.7/32")
    expect((await enforcer.observe(signal)).map(({ target }) => target)).toEqual(["203.0.113.8/32"])
    expect(await enforcer.apply(add(block("203.0.113.7")), signal)).toEqual([{ kind: "applied" }])
    expect(entries.has("inbound 203.0.113.7/32")).toBe(true)
    expect(await enforcer.apply([{ kind: "remove", block: block("192.0.2.99") }], signal)).toEqual([
      { kind: "already" },
    ])
    expect(entries.has("inbound 192.0.2.99/32")).toBe(true)
  })

  it("knows after a crash what it may have told, and tells it again or takes it back", async () => {
    // The connection breaks behind the change: nobody knows whether it was made.
    let breaks = true
    const { calls, url } = await startFirewall(({ method }) => (breaks && method === "PUT" ? 0 : undefined))
    const dir = folder()
    const [result] = await enforcerFor(url, dir).apply(add(block("203.0.113.7", start * 2)), signal)
    expect(result).toMatchObject({ kind: "failed" })
    const after = enforcerFor(url, dir)
    expect(await after.observe(signal)).toEqual([{ ...block("203.0.113.7"), expiresAt: 0 }])
    breaks = false
    expect(await after.apply([{ kind: "extend", block: block("203.0.113.7", start * 2) }], signal)).toEqual([
      { kind: "applied" },
    ])
    expect(await after.observe(signal)).toEqual([block("203.0.113.7", start * 2)])
    expect(calls.filter(({ method }) => method === "PUT")).toHaveLength(2)
  })

  it("tells what is refused for good from what failed", async () => {
    const cases = [
      [400, "not-enforced", 0],
      [422, "not-enforced", 0],
      [401, "failed", 0],
      [404, "failed", 0],
      [307, "failed", 0],
      [429, "failed", 1],
      [503, "failed", 1],
    ] as const
    expect(cases).toHaveLength(7)
    for (const [status, kind, observed] of cases) {
      const { url } = await startFirewall(({ method }) => (method === "PUT" ? status : undefined))
      const enforcer = enforcerFor(url, folder())
      const [result] = await enforcer.apply(add(block("203.0.113.7")), signal)
      expect([status, result]).toMatchObject([status, { kind, reason: expect.stringContaining(`answered ${status}`) }])
      expect(JSON.stringify(result)).not.toContain("token-of-the-firewall")
      expect([status, (await enforcer.observe(signal)).length]).toEqual([status, observed])
    }
    const { url } = await startFirewall(({ method }) => (method === "GET" ? 500 : undefined))
    await expect(enforcerFor(url, folder()).observe(signal)).rejects.toThrow(/the list was refused: answered 500/)
  })

  it("bothers a firewall that is away with a few calls, not with all of them", async () => {
    const { calls, url } = await startFirewall(() => 503)
    const many = Array.from({ length: 500 }, (_, index) => block(`10.0.${index >> 8}.${index & 255}`))
    const enforcer = enforcerFor(url, folder(), { atOnce: 4, list: null })
    const results = await enforcer.apply(add(...many), signal)
    expect(results.every(({ kind }) => kind === "failed")).toBe(true)
    expect(results.at(-1)).toMatchObject({ reason: expect.stringMatching(/^it was not told: answered 503/) })
    expect(calls.length).toBeLessThan(10)
    expect(await enforcer.observe(signal)).toHaveLength(calls.length)
  })

  it("goes on with what a torn book still says, and tells of what it does not", async () => {
    const { url } = await startFirewall()
    const dir = folder()
    await enforcerFor(url, dir).apply(add(block("203.0.113.7"), block("203.0.113.8")), signal)
    const file = join(dir, "enforcers", "webhook.jsonl")
    const good = JSON.stringify({ ...block("203.0.113.9"), state: "told" })
    writeFileSync(file, `rubbish\n${good}\n{"state":"told","targ`)
    const errors: unknown[] = []
    const enforcer = enforcerFor(url, dir, { list: null }, (error) => errors.push(error))
    expect((await enforcer.observe(signal)).map(({ target }) => target)).toEqual(["203.0.113.9/32"])
    expect(errors.map(String)).toEqual([expect.stringMatching(/line 1 of .*webhook\.jsonl can't be read/)])
  })

  it("keeps its book short, however often the same is blocked and let go", async () => {
    const { url } = await startFirewall()
    const dir = folder()
    const enforcer = enforcerFor(url, dir, { list: null })
    const some = Array.from({ length: 100 }, (_, index) => block(`10.0.0.${index}`))
    for (let round = 0; round < 20; round++) {
      await enforcer.apply(add(...some), signal)
      await enforcer.apply(
        some.map((one) => ({ kind: "remove", block: one })),
        signal,
      )
    }
    const book = createBook({ file: join(dir, "enforcers", "webhook.jsonl"), onError: () => undefined })
    const { size } = statSync(join(dir, "enforcers", "webhook.jsonl"))
    expect([(await book.all()).size, size < 200_000]).toEqual([0, true])
  })

  it("is not made with an address that a field, plain http or a password makes unsafe", () => {
    const cases = [
      ["http://198.51.100.7/{{target}}", /plain http/],
      ["https://{{address}}/", /host without a field/],
      ["https:{{address}}/", /host without a field/],
      ["https://a.example{{target}}/", /host without a field/],
      ["https://user:password@a.example/{{target}}", /password/],
    ] as const
    expect(cases).toHaveLength(5)
    for (const [url, why] of cases)
      expect(() => enforcerFor("https://a.example", "/nowhere", { block: { url }, list: null })).toThrow(why)
    expect(() => enforcerFor("https://a.example", "/nowhere", { block: { url: "https://a.example/{{who}}" } })).toThrow(
      /there is no field \{\{who\}\}; there are: action, target/,
    )
  })
})
