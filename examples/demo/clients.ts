import { createServer, request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

/** What came back: its status, and whether Thwart refused it. `failed` means no answer at all. */
export interface Answer {
  readonly status: number
  readonly refused: boolean
  readonly failed: boolean
}

export interface Send {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A client behind the demo's edge: the edge tells the shop who it is by X-Forwarded-For, as a load balancer does. */
export function createClient(port: number, address: string, userAgent: string): (what: Send) => Promise<Answer> {
  return ({ method = "GET", path, headers = {}, body }) =>
    new Promise((resolve) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port,
          method,
          path,
          agent: false,
          timeout: 10_000,
          headers: {
            host: "shop.example",
            "user-agent": userAgent,
            "x-forwarded-for": address,
            ...headers,
            ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
          },
        },
        (response) => {
          response.resume()
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              refused: response.headers["x-thwart"] !== undefined,
              failed: false,
            }),
          )
          response.on("error", () => resolve({ status: 0, refused: false, failed: true }))
        },
      )
      outgoing.on("timeout", () => outgoing.destroy())
      outgoing.on("error", () => resolve({ status: 0, refused: false, failed: true }))
      outgoing.end(body)
    })
}

export interface FriendReport {
  readonly requests: number
  readonly refused: number
  readonly failed: number
}

/** Shops until told to stop, with words that a careless rule would take for an attack. */
export async function shopAsAFriend(
  send: (what: Send) => Promise<Answer>,
  pauseMs: number,
  signal: AbortSignal,
): Promise<FriendReport> {
  const form = { "content-type": "application/x-www-form-urlencoded" }
  const json = { "content-type": "application/json" }
  const visits: readonly Send[] = [
    { path: "/" },
    { path: "/search?q=union+jack" },
    { path: "/search?q=O%27Reilly" },
    { path: "/search?q=select+roast+from+the+table" },
    { path: "/product/3" },
    {
      method: "POST",
      path: "/cart",
      headers: form,
      body: "product=3&quantity=1&note=please+drop+it+at+table+1+%26+ring",
    },
    {
      method: "POST",
      path: "/reviews",
      headers: json,
      body: '{"stars":5,"text":"Better than the other one; 1 = 1 as they say. <3"}',
    },
  ]
  let [requests, refused, failed] = [0, 0, 0]
  while (!signal.aborted) {
    const visit = visits[requests % visits.length]
    if (visit === undefined) break
    const answer = await send(visit)
    requests++
    if (answer.refused || answer.status === 403) refused++
    if (answer.failed || answer.status >= 400) failed++
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  return { requests, refused, failed }
}

/** The attacker's own server: counts what calls home. */
export async function listenForCallsHome(): Promise<{ url: string; calls: () => number; close: () => void }> {
  let calls = 0
  const server = createServer((_, response) => {
    calls++
    response.end("ok\n")
  })
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve))
  const bound = server.address()
  const port = bound !== null && typeof bound === "object" ? bound.port : 0
  return { url: `http://127.0.0.1:${port}/c2/checkin`, calls: () => calls, close: () => server.close() }
}
