import { afterAll, beforeAll, expect, it } from "vitest"
import { createHarness, type Harness } from "../api/testing/harness.ts"
import { alertAt, incidentAt } from "../store/testing/samples.ts"
import { createCli } from "./index.ts"
import { noWorld } from "./testing/no-world.ts"

let harness: Harness
let server: { readonly url: string; readonly token: string }
const { id } = incidentAt(1, "noted")
beforeAll(async () => {
  harness = await createHarness()
  server = { url: await harness.api.listen(), token: await harness.tokenOf("analyst") }
  await harness.store.record({ incidents: [incidentAt(1, "noted")] })
})
afterAll(() => harness.close())

const thwart = async (...words: readonly string[]) => {
  const said = { out: "", err: "" }
  const deps = noWorld({ fetch, localServer: async () => server }, said)
  const code = await createCli(deps, "1.2.3").run(["incidents", ...words], new AbortController().signal)
  return { code, ...said }
}

it("assigns an incident, takes it back, and comments on it", async () => {
  expect(await thwart("assign", id, "ada")).toMatchObject({ code: 0, out: `${id} is ada's\n` })
  expect(await thwart("assign", id, "--nobody")).toMatchObject({ code: 0, out: `${id} is nobody's\n` })
  expect(await thwart("comment", id, "ours")).toMatchObject({
    code: 0,
    out: `noted on ${id}, which has 1 comments\n`,
  })
  const json = JSON.parse((await thwart("comment", id, "again", "--json")).out)
  expect(json.comments.map(({ text }: { text: string }) => text)).toEqual(["ours", "again"])
})

it("masks alerts with a reason, and unmasks them", async () => {
  const run = async (...words: readonly string[]) => {
    const said = { out: "", err: "" }
    const deps = noWorld({ fetch, localServer: async () => server }, said)
    return { code: await createCli(deps, "1.2.3").run(["alerts", ...words], new AbortController().signal), ...said }
  }
  const { id } = alertAt(1, "maskme")
  await harness.store.record({ alerts: [alertAt(1, "maskme")] })
  expect(await run("mask", id, "--reason", "ours")).toMatchObject({ code: 0, out: "1 of 1 alerts masked\n" })
  expect((await harness.store.alert(id))?.masked).toBe(true)
  expect(await run("mask", id, "--reason", "ours")).toMatchObject({ out: "0 of 1 alerts masked\n" })
  expect(JSON.parse((await run("unmask", id, "--reason", "not ours", "--json")).out).alerts).toEqual([id])
  expect((await run("mask", id)).err).toMatch(/--reason/)
  expect((await run("mask", "alr_nobody", "--reason", "x")).err).toMatch(/there is no alert alr_nobody/)
})

it("says what is missing, and what the server refuses", async () => {
  expect((await thwart("assign", id)).err).toMatch(/say who/)
  expect((await thwart("assign", id, "ada", "--nobody")).err).toMatch(/not both/)
  expect((await thwart("comment", "inc_none", "x")).err).toMatch(/there is no incident inc_none/)
})
