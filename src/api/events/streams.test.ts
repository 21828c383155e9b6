import { type ClientRequest, createServer, get, type IncomingMessage, type ServerResponse } from "node:http"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertAt, countermeasureAt, incidentAt } from "../../store/testing/samples.ts"
import { createHarness, type Harness } from "../testing/harness.ts"
import { createStreams } from "./streams.ts"

let harness: Harness
let url: string
const opened: ClientRequest[] = []

beforeEach(async () => {
  harness = await createHarness({ heartbeatMs: 20 })
  url = await harness.api.listen()
})
afterEach(async () => {
  for (const request of opened.splice(0)) request.destroy()
  await harness.close()
})

/** A client of the stream that reads only when told to. */
async function open(headers: Record<string, string>) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(`${url}/api/v1/events`, { headers, agent: false }, resolve)
    request.on("error", reject)
    opened.push(request)
  })
  response.on("error", () => undefined)
  let text = ""
  const until = async (wanted: RegExp): Promise<string> => {
    for (; !wanted.test(text); ) {
      // The cast holds: the encoding makes each chunk a string.
      const chunk = response.read() as string | null
      if (chunk !== null) text += chunk
      else if (response.readableEnded || response.destroyed)
        throw new Error(`ended without ${wanted}: ${text.slice(-300)}`)
      else await new Promise<void>((resolve) => onceAny(response, ["readable", "end", "close"], resolve))
    }
    const read = text
    text = ""
    return read
  }
  const ended = async () => {
    response.resume()
    if (!response.closed) await new Promise<void>((resolve) => response.once("close", () => resolve()))
    return response.complete
  }
  response.setEncoding("utf8")
  return { response, until, ended }
}

function onceAny(response: IncomingMessage, names: readonly string[], resolve: () => void): void {
  const once = () => {
    for (const name of names) response.off(name, once)
    resolve()
  }
  for (const name of names) response.on(name, once)
}

const viewer = async () => ({ authorization: `Bearer ${await harness.tokenOf("viewer")}` })
const idsIn = (text: string) => [...text.matchAll(/^id: (\d+)\nevent: (\w+)$/gm)].map(([, id, kind]) => `${id} ${kind}`)
const endOf = (id: number) => new RegExp(`^id: ${id}\\nevent: .*\\ndata: .*\\n\\n`, "m")
const publishAlert = (title: string) => harness.bus.publish("alert", alertAt(1, "a", { title }))

describe("the event stream", () => {
  it("tells what moves through the bus, as UTF-8 JSON on one line", async () => {
    const stream = await open(await viewer())
    expect(stream.response.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-accel-buffering": "no",
    })
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("")
    const strange = `${bytes}\r\n\r\nevent: forged\ndata: {}\n\n\u2028\ud800`
    harness.bus.publish("alert", alertAt(1, "a", { title: strange }))
    harness.bus.publish("incident", incidentAt(1, "a"))
    harness.bus.publish("countermeasure", countermeasureAt(1, "a"))
    const text = await stream.until(/event: countermeasure\ndata: .*\n\n/)
    const now = harness.clock.now()
    expect(idsIn(text)).toEqual([`${now + 1} alert`, `${now + 2} incident`, `${now + 3} countermeasure`])
    const [data] = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ""))
    expect(data).toEqual({ kind: "alert", alert: alertAt(1, "a", { title: strange }) })
  })

  it("gives who comes back what was missed, and says when it can't", async () => {
    const headers = await viewer()
    const first = harness.clock.now() + 1
    const stream = await open(headers)
    // The heartbeat may come before anything else does.
    expect((await stream.until(/\n\n/)).split("\n\n")[0]).toBe(`retry: 2000\nid: ${first - 1}`)
    for (let index = 0; index < 5; index++) publishAlert(`${index}`)
    const last = first + 4
    const back = async (id: number | string, upTo: number) =>
      idsIn(await (await open({ ...headers, "last-event-id": `${id}` })).until(endOf(upTo)))
    expect(await back(first + 2, last)).toEqual([`${first + 3} alert`, `${first + 4} alert`])
    expect(await back(first - 1, last)).toHaveLength(5)
    for (const unknown of [first - 2, first + 5, 0, "9".repeat(16)])
      expect(await back(unknown, last), `${unknown}`).toEqual([`${last} reset`])
    for (let index = 0; index < 1000; index++) publishAlert(`${index}`)
    expect(await back(last - 1, last + 1000)).toEqual([`${last + 1000} reset`])
    expect(await back(last, last + 1000)).toHaveLength(1000)
  })

  it("takes a Last-Event-ID that it never gave for none", async () => {
    const headers = await viewer()
    for (const id of ["-1", "1e3", "x", " ", "9".repeat(17)]) {
      const stream = await open({ ...headers, "last-event-id": id })
      publishAlert("one")
      expect(idsIn(await stream.until(/event: .*\ndata: .*\n\n/)), id).toHaveLength(1)
    }
  })

  it("shows that it is alive while nothing happens", async () => {
    const stream = await open(await viewer())
    await stream.until(/: still here\n\n: still here\n\n/)
  })

  it("ends with its session: at sign-out, when the user is disabled, and when its time is over", async () => {
    for (const name of ["ada", "bob", "cy", "root"]) await harness.addUser(name, "admin")
    const by = { who: "test", from: null }
    const ends: readonly (readonly [name: string, end: () => Promise<unknown>])[] = [
      ["bob", () => harness.accounts.changeUser("bob", { disabled: true }, by)],
      ["cy", async () => harness.clock.advance(3_600_000)],
    ]
    const ada = await harness.browserOf("ada")
    const stream = await open(ada)
    await harness.app.inject({ method: "DELETE", url: "/api/v1/session", headers: ada })
    expect(await stream.ended()).toBe(true)
    for (const [name, end] of ends) {
      const own = await open(await harness.browserOf(name))
      await end()
      expect(await own.ended(), name).toBe(true)
    }
  })

  it("ends with its token, and leaves the others open", async () => {
    const by = { who: "test", from: null }
    const [one, two] = [
      await harness.accounts.addToken({ name: "one", role: "viewer", expiresAt: null }, by),
      await harness.accounts.addToken({ name: "two", role: "viewer", expiresAt: null }, by),
    ]
    const streams = [
      await open({ authorization: `Bearer ${one.secret}` }),
      await open({ authorization: `Bearer ${two.secret}` }),
    ]
    await harness.accounts.removeToken(one.token.id, by)
    expect(await streams[0]?.ended()).toBe(true)
    publishAlert("still told")
    expect(await streams[1]?.until(/still told/)).toContain("event: alert")
    expect(harness.api.watchers()).toBe(1)
  })

  it("cuts a client off that does not read, and goes on for the others", async () => {
    const headers = await viewer()
    const slow = await open(headers)
    const quick = await open(headers)
    const large = "x".repeat(200_000)
    let told = 0
    // Enough to fill what the kernel keeps between the two, and then what the server does.
    for (; harness.api.watchers() === 2 && told < 2000; told++) {
      publishAlert(`${told} ${large}`)
      await quick.until(new RegExp(`"title":"${told} `))
    }
    expect(harness.api.watchers()).toBe(1)
    expect(told).toBeLessThan(500)
    publishAlert("after")
    await quick.until(/"title":"after"/)
    expect(await slow.ended()).toBe(false)
  })

  it("has fifty places for each, and gives one free when a client goes", async () => {
    const headers = await viewer()
    const streams = await Promise.all(Array.from({ length: 50 }, () => open(headers)))
    const refused = await fetch(`${url}/api/v1/events`, { headers })
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: "BUSY" } }])
    streams[0]?.response.destroy()
    const analyst = { authorization: `Bearer ${await harness.tokenOf("analyst")}` }
    const other = await open(analyst)
    await other.until(/still here/)
    await other.until(/still here/)
    expect(harness.api.watchers()).toBe(50)
    await open(headers)
    expect(harness.api.watchers()).toBe(51)
  })

  it("keeps no place for a client that left before it was answered", async () => {
    const left = Promise.withResolvers<ServerResponse>()
    const server = createServer((request, response) => {
      response.on("close", () => left.resolve(response))
      request.socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const bound = server.address()
    const port = bound !== null && typeof bound === "object" ? bound.port : 0
    get({ port, host: "127.0.0.1", agent: false }).on("error", () => undefined)
    const streams = createStreams({ ...harness, onError: () => undefined }, {})
    const principal = await harness.accounts.byToken(await harness.tokenOf("viewer"))
    if (principal !== undefined) streams.add(await left.promise, principal, undefined)
    expect([principal?.name, streams.count()]).toEqual(["viewer", 0])
    streams.close()
    server.close()
  })

  it("ends when the server closes, and the server closes although streams are open", async () => {
    const stream = await open(await viewer())
    await harness.api.close()
    expect(await stream.ended()).toBe(true)
    expect(harness.api.watchers()).toBe(0)
  })
})
