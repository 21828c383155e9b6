import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createHarness, type Harness } from "../api/testing/harness.ts"
import { playbook as playbookSchema } from "../core/index.ts"
import { alertAt, playbookAt, runAt } from "../store/testing/samples.ts"
import { createCli, type PlaybookTools } from "./index.ts"
import { noWorld } from "./testing/no-world.ts"

const text = "- { id: own, rule: 942100, enforcer: nftables }"
const sentence = "When the rule 942100 raises an alert of any severity → block the attacker for 1 hour with nftables"
const mistake = { code: "X", severity: "error", message: "no\u001b[2J", file: "bad.yaml", line: 3, column: 4 } as const

const tools: PlaybookTools = {
  check: ([path]) => ({
    playbooks: [{ ...playbookSchema.parse(playbookAt("own")), sentence }],
    files: 1,
    diagnostics: path === "bad.yaml" ? [mistake] : [],
  }),
  isFile: (path) => path === "own.yaml",
  read: () => text,
}

describe("thwart playbooks", () => {
  let harness: Harness
  let server: { readonly url: string; readonly token: string }
  beforeAll(async () => {
    harness = await createHarness({}, {}, ["nftables"])
    server = { url: await harness.api.listen(), token: await harness.tokenOf("admin") }
    await harness.store.record({ alerts: [alertAt(1, "a")], playbookRuns: [] })
  })
  afterAll(() => harness.close())

  const thwart = async (...words: readonly string[]) => {
    const said = { out: "", err: "" }
    const deps = noWorld({ fetch, localServer: async () => server, playbooks: tools }, said)
    const code = await createCli(deps, "1.2.3").run(["playbooks", ...words], new AbortController().signal)
    return { code, ...said }
  }

  it("checks files: 0 when they are good, 2 with every mistake, in which no character steers the terminal", async () => {
    expect(await thwart("check", "own.yaml", "--show")).toEqual({
      code: 0,
      out: `own: ${sentence}\n1 playbooks in 1 files, 0 mistakes\n`,
      err: "",
    })
    const bad = await thwart("check", "bad.yaml")
    expect([bad.code, bad.out]).toEqual([
      2,
      "bad.yaml:3:4: error: no\\x1b[2J [X]\n1 playbooks in 1 files, 1 mistakes\n",
    ])
  })

  it("sets, lists, shows, turns off and removes", async () => {
    expect((await thwart("list")).out).toMatch(/^There is no playbook\./)
    expect((await thwart("set", "own.yaml")).out).toBe(`own (interactive): ${sentence}\n`)
    expect((await thwart("disable", "own")).out).toBe("own is off\n")
    expect((await thwart("list")).out).toBe(`own (off): ${sentence}\n`)
    expect((await thwart("enable", "own")).out).toBe("own is on (interactive)\n")
    expect((await thwart("show", "own")).out).toContain(`  interactive, in the store\n`)
    const [listed] = (await thwart("--json", "list")).out.split("\n")
    expect(JSON.parse(listed ?? "")).toMatchObject({ playbook: { id: "own" }, sentence })
    expect((await thwart("remove", "own")).out).toBe("own is removed\n")
    const gone = await thwart("show", "own")
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("there is no playbook own")])
  })

  it("tries a file or a playbook of the server, on one thing at a time", async () => {
    await thwart("set", "own.yaml")
    for (const what of ["own", "own.yaml"])
      expect((await thwart("dry-run", what, "--sample")).out).toBe(
        `own (interactive), tried on a made-up alert\n  ${sentence}\n` +
          "  would do      block the attacker for 1 hour with nftables: 203.0.113.66/32\n",
      )
    const other = await thwart("dry-run", "own", "--alert", "alr_a")
    expect(other.out).toContain("  would not run: it watches something else: When the rule 942100")
    const json = JSON.parse((await thwart("--json", "dry-run", "own", "--sample")).out)
    expect(json).toMatchObject({ playbook: "own", steps: [{ outcome: "done", target: "203.0.113.66/32" }] })
    for (const flags of [[], ["--sample", "--alert", "alr_a"]]) {
      const refused = await thwart("dry-run", "own", ...flags)
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("say what to try it on")])
    }
  })

  it("lists runs with what came of each step, and decides about those that are proposed", async () => {
    await thwart("set", "own.yaml")
    const step = { step: 0, sentence: "block\u001b", outcome: "proposed", reason: null, countermeasures: [] } as const
    const proposed = { state: "proposed", steps: [step], playbook: "own", by: "playbook:own" } as const
    const overrides = proposed as unknown as Parameters<typeof runAt>[2]
    await harness.store.record({ playbookRuns: [runAt(1000, "1", overrides), runAt(2000, "2", overrides)] })
    expect((await thwart("runs", "own", "--limit", "1")).out).toBe(
      "1970-01-01T00:00:02.000Z  own proposed: address:203.0.113.66, 1 alert  run_2\n  proposed      block\\x1b\n",
    )
    expect((await thwart("accept", "run_1")).out).toContain(
      "  done          block the attacker for 1 hour with nftables\n",
    )
    expect((await thwart("reject", "run_2")).out).toContain("own rejected")
    expect((await thwart("runs", "--state", "proposed")).out).toBe("There is no such run.\n")
    expect((await thwart("runs", "--limit", "0")).code).toBe(2)
  })
})
