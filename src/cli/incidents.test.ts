import { afterAll, beforeAll, expect, it } from "vitest"
import { createHarness, type Harness } from "../api/testing/harness.ts"
import { incidentAt } from "../store/testing/samples.ts"
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

it("says what is missing, and what the server refuses", async () => {
  expect((await thwart("assign", id)).err).toMatch(/say who/)
  expect((await thwart("assign", id, "ada", "--nobody")).err).toMatch(/not both/)
  expect((await thwart("comment", "inc_none", "x")).err).toMatch(/there is no incident inc_none/)
})
