import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createHarness, type Harness } from "../api/testing/harness.ts"
import { createCli } from "./index.ts"
import { noWorld } from "./testing/no-world.ts"

describe("thwart rules", () => {
  let harness: Harness
  let url: string
  let token: string
  beforeEach(async () => {
    harness = await createHarness()
    url = await harness.api.listen()
    token = await harness.tokenOf("analyst")
  })
  afterEach(() => harness.close())

  const thwart = async (...words: readonly string[]) => {
    const said = { out: "", err: "" }
    const deps = noWorld({ fetch, localServer: async () => ({ url, token }) }, said)
    const code = await createCli(deps, "1.2.3").run(["rules", ...words], new AbortController().signal)
    return { code, ...said }
  }

  it("lists rules, turns one off and on, and shows where it is off and why", async () => {
    expect((await thwart("list", "sql", "more")).out).toMatch(/^ID +STATE .*\n942110 +on +high/)
    expect((await thwart("list", "--state", "off")).out).toBe("No rule is like that.\n")
    expect((await thwart("disable", "942100", "--reason", "noise")).out).toBe("942100 is off everywhere\n")
    expect((await thwart("disable", "942100", "--reason", "other")).out).toMatch(/it was already, by .*: noise/)
    expect((await thwart("show", "942100")).out).toMatch(/off everywhere, by \S+: noise/)
    expect((await thwart("enable", "942100")).out).toBe("942100 is on again\n")
    expect(harness.policy.state().switches).toEqual([])
    expect((await thwart("disable", "1", "--reason", "x")).err).toMatch(/there is no rule 1 /)
    expect(JSON.parse((await thwart("list", "--limit", "1", "--json")).out)).toMatchObject({ id: "942100" })
  })

  it("adds, lists and ends exceptions, and asks for a place and an end", async () => {
    const who = ["--owner", "shop", "--reason", "books"]
    expect((await thwart("exception", "add", "942100", ...who, "--no-end")).err).toMatch(/needs --path, --parameter/)
    const place = ["--path", "/search", "--parameter", "ARGS:q"]
    expect(await thwart("exception", "add", "942100", ...who, ...place)).toMatchObject({ code: 2 })
    expect((await thwart("exception", "add", "942100", ...who, ...place, "--until", "1d", "--no-end")).code).toBe(2)
    expect((await thwart("exception", "list")).out).toBe("No exception.\n")
    const made = await thwart("exception", "add", "942100-942199", ...who, ...place, "--no-end")
    expect(made.out).toMatch(/^942100-942199 is excepted for \/search ARGS:q \(exc_\w+\)\n$/)
    expect(harness.policy.state().exceptions).toHaveLength(1)
    expect((await thwart("exception", "list")).out).toMatch(/942100-942199 +\/search ARGS:q +never +shop +books/)
    const id = /exc_\w+/.exec(made.out)?.[0] ?? ""
    expect((await thwart("exception", "end", id)).out).toMatch(/counts again/)
    expect((await thwart("exception", "list")).out).toBe("No exception.\n")
    expect((await thwart("exception", "list", "--all")).out).toMatch(/over/)
    expect((await thwart("exception", "end", "exc_none")).err).toMatch(/there is no exception exc_none/)
  })
})
