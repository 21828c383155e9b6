import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart, type Thwart } from "../../src/app/start.ts"
import { systemClock } from "../../src/core/index.ts"
import { createHttpEnforcer } from "../../src/enforcers/index.ts"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const pictures = process.env.THWART_TEST_SCREENSHOTS

describe.runIf(has("the playbooks page in Chromium", "chromium"))("the playbooks page", () => {
  let dataDir: string
  let thwart: Thwart
  let browser: Browser
  let watched: Watched
  const errors: unknown[] = []
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-playbooks-"))
    const list = createHttpEnforcer({ clock: systemClock })
    const config = configSchema.parse({ listen: { port: 0 } })
    thwart = await startThwart(
      { clock: systemClock, onError: (error) => errors.push(error), enforcers: [list] },
      { config, dataDir },
    )
    browser = await openBrowser(thwart.url)
    watched = await browser.page()
    await watched.page.goto(`${thwart.url}/sign-in#token=${thwart.accounts.createLink("admin")}`)
    await watched.page.getByRole("heading", { name: "Overview" }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await thwart?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const picture = async (name: string) => {
    if (pictures === undefined) return
    mkdirSync(pictures, { recursive: true })
    for (const colorScheme of ["light", "dark"] as const) {
      await watched.page.emulateMedia({ colorScheme })
      await watched.page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) })
    }
  }

  it("takes playbooks as YAML, tells their mistakes with line and column, and lists them as sentences", async () => {
    const { page } = watched
    await page.goto(`${thwart.url}/playbooks`)
    await page.getByRole("heading", { name: "There is no playbook" }).waitFor()
    await page.getByRole("button", { name: "Add playbooks" }).click()
    const text = page.getByLabel("Playbooks in YAML")
    await text.fill("- { id: own, rule: 942100, enforcer: nftable }\n- { rule: x, enforcer: http, when: sevrity = 1 }")
    await page.getByRole("dialog").getByRole("button", { name: "Add" }).click()
    await page.getByText(/line:1:38: .*there is no enforcer "nftable"/).waitFor()
    await page.getByText(/line:2:36: .*did you mean severity/).waitFor()
    await picture("playbooks-mistakes")
    await text.fill(`- { id: own, rule: 942100, enforcer: http, mode: automatic, name: Block injections }
- id: answer
  name: Answer a chain
  on: { incident: any, stages: 3 }
  steps: [{ block: attacker, for: 2h }, { quarantine: pause, when: severity = "critical" }, { assign: ada }]`)
    await page.getByRole("dialog").getByRole("button", { name: "Add" }).click()
    await page
      .getByText(/When the rule 942100 raises an alert of any severity → block the attacker for 1 hour with http/)
      .waitFor()
    await page
      .getByText(/When an incident has at least 3 stages .* if the severity is "critical", pause the node/)
      .waitFor()
  })

  it("shows in a dry run each call, and why a step would not be done", async () => {
    const { page } = watched
    await page.getByRole("button", { name: "Dry run of answer" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByRole("button", { name: "Try" }).click()
    await dialog.getByText("add inbound 203.0.113.66/32").waitFor()
    await dialog.getByText(/its condition does not hold: severity = "critical": it is "high"/).waitFor()
    await picture("playbooks-dry-run")
    await dialog.getByText("An alert", { exact: true }).click()
    await dialog.getByLabel("The alert's id").fill("alr_none")
    await dialog.getByRole("button", { name: "Try" }).click()
    await dialog.getByText("there is no alert alr_none").waitFor()
    await dialog.getByRole("button", { name: "Close" }).click()
  })

  it("lists runs, takes decisions on what is proposed, and turns a playbook off", async () => {
    const { page } = watched
    await page.getByRole("switch", { name: "Block injections is enabled" }).press(" ")
    await page.getByRole("switch", { name: "Block injections is enabled", checked: false }).waitFor()
    await page.getByRole("switch", { name: "Block injections is enabled" }).press(" ")
    await page.getByRole("switch", { name: "Block injections is enabled", checked: true }).waitFor()
    const alerts = (["reconnaissance", "exploitation", "installation"] as const).map((intent, index) =>
      alertOf(index + 1, intent, { at: Date.now() + index }),
    )
    await thwart.ingest(alerts)
    await page.getByRole("button", { name: "Accept" }).click()
    await page.getByText(/done by user:admin/).waitFor()
    await picture("playbooks-runs")
    // The browser itself reports that nobody was signed in at first, and what was refused.
    expect(watched.errors.filter((text) => !/status of (401|400|404)/.test(text))).toEqual([])
    expect([watched.foreign, errors]).toEqual([[], []])
  })
})
