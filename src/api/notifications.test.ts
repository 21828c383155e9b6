import { createServer } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { createHarness, type Harness, host } from "./testing/harness.ts"

let harness: Harness
afterEach(() => harness.close())

/** Where nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const bound = server.address()
  await new Promise((resolve) => server.close(resolve))
  return bound !== null && typeof bound === "object" ? bound.port : 0
}

describe("notifications in the API", () => {
  it("shows targets without what is secret of them, tests one, and tells what became of it", async () => {
    const port = await closedPort()
    const soc = { name: "soc", kind: "webhook", url: `http://127.0.0.1:${port}/hook/secret-part` }
    harness = await createHarness({}, {}, ["test"], [soc])
    const headers = { host, authorization: `Bearer ${await harness.tokenOf("analyst")}` }
    const ask = (method: "GET" | "POST", path: string) =>
      harness.app.inject({ method, url: `/api/v1/notifications/${path}`, headers })

    const before = (await ask("GET", "targets")).json().items
    expect(before).toMatchObject([{ name: "soc", kind: "webhook", destination: `127.0.0.1:${port}`, state: "idle" }])
    const tested = await ask("POST", "targets/soc/test")
    expect(tested.json()).toMatchObject({ target: "soc", state: "failed", attempts: 1, notice: { kind: "test" } })
    expect(tested.json().reason).toContain("ECONNREFUSED")
    expect((await ask("GET", "targets")).json().items).toMatchObject([{ state: "failing", failed: 1 }])
    expect((await ask("GET", "deliveries?state=failed&target=soc")).json().items).toEqual([tested.json()])
    expect((await ask("GET", "deliveries?state=delivered")).json().items).toEqual([])
    expect((await ask("POST", "targets/nobody/test")).statusCode).toBe(404)
    const audited = (await harness.store.audit({})).items.find(({ subject }) => subject === "notification:soc")
    expect(audited).toMatchObject({
      who: expect.stringContaining("analyst"),
      action: "test notification",
      after: { state: "failed" },
    })
    expect(`${before}${tested.body}`).not.toContain("secret-part")
  })
})
