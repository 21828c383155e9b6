import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startGuardedThwart } from "../../examples/demo/thwart.ts"
import type { Alert, Intent } from "../../src/core/index.ts"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const attacker = "203.0.113.40"
const pictures = process.env.THWART_TEST_SCREENSHOTS

const stages: readonly (readonly [Intent, Partial<Alert>])[] = [
  ["reconnaissance", { tactic: "TA0043", technique: "T1595.002" }],
  ["exploitation", { tactic: "TA0001", technique: "T1190" }],
  ["installation", { tactic: "TA0003", technique: "T1505.003" }],
]

describe.runIf(has("an incident's page in Chromium", "chromium"))("an incident's page", () => {
  let dataDir: string
  let thwart: Awaited<ReturnType<typeof startGuardedThwart>>
  let browser: Browser
  let watched: Watched
  let page: Page
  const began = Date.now() - 300_000

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-incident-"))
    thwart = await startGuardedThwart({ dataDir, port: 0 })
    browser = await openBrowser(thwart.url)
    watched = await browser.page()
    page = watched.page
    await page.goto(thwart.signInLink())
    await page.getByRole("heading", { name: "Overview" }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await thwart?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const picture = async (name: string) => {
    if (pictures === undefined) return
    mkdirSync(pictures, { recursive: true })
    await page.waitForTimeout(300)
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
  const call = (method: string, path: string, body?: unknown) =>
    page.evaluate(
      async ([method, path, body]) => {
        const answer = await fetch(`/api/v1${path}`, {
          method: method as string,
          ...(body === undefined
            ? {}
            : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
        })
        return (await answer.json()) as unknown
      },
      [method, path, body] as const,
    )
  let next = 0
  const seen = (intent: Intent, at: number, more: Partial<Alert> = {}) =>
    alertOf(++next, intent, { at, attacker, ...more })
  const send = (alerts: readonly Alert[]) => call("POST", "/alerts", { alerts })
  const node = (name: string) => ({ id: name, kind: "host" as const, name }) as Alert["node"]

  it("draws the kill chain over nodes and time, with what cuts it, and the tactics of MITRE ATT&CK", async () => {
    const scans = Array.from({ length: 12 }, (_, index) => seen("reconnaissance", began + index * 1000, stages[0]?.[1]))
    const rest = stages
      .slice(1)
      .map(([intent, more], index) =>
        seen(intent, began + 60_000 * (index + 1), { ...more, node: node(`web-${index + 2}`) }),
      )
    await send([...scans, ...rest])
    await call("POST", "/vulnerabilities", {
      tool: "trivy",
      subject: { kind: "node", node: "web-2" },
      vulnerabilities: [
        {
          id: "CVE-2021-44228",
          severity: "critical",
          package: "log4j-core",
          installedVersion: "2.14.1",
          fixedVersion: "2.15.0",
          knownExploited: true,
          epss: 0.94,
        },
      ],
    })
    await page.goto(`${thwart.url}/incidents`)
    await page.getByRole("row", { name: new RegExp(attacker) }).click()
    await page.getByRole("img", { name: "Kill chain: 3 steps over 3 nodes, cut by 1 countermeasures" }).waitFor()
    await page.locator(".kill-chain-cut-box", { hasText: `block ${attacker}` }).waitFor()
    await page.locator('.kill-chain-cut-box[data-state="holds"]', { hasText: "proved by http" }).waitFor()
    expect(await page.locator(".kill-chain-step").allInnerTexts()).toEqual([
      expect.stringMatching(/scan\n.* · 12 alerts\nT1595\.002/i),
      expect.stringMatching(/exploitation\n.* · 1 alert\nT1190/i),
      expect.stringMatching(/installation\n.* · 1 alert\nT1505\.003/i),
    ])
    const matrix = page.getByRole("table", { name: "MITRE ATT&CK" })
    expect(await matrix.locator("th").count()).toBe(14)
    expect(await matrix.locator('th[data-seen="true"]').allInnerTexts()).toEqual([
      "Reconnaissance",
      "Initial Access",
      "Persistence",
    ])
    expect(await matrix.getByRole("link", { name: "T1505.003" }).getAttribute("href")).toBe(
      "https://attack.mitre.org/techniques/T1505/003/",
    )
    await page.getByText("known exploited").waitFor()
    await picture("incident-light")
  })

  it("is assigned and commented on, and hostile text stays text", async () => {
    await page.getByRole("button", { name: "Assign to me" }).click()
    await page.getByText("Assigned to admin").waitFor()
    await page
      .getByLabel("Comment", { exact: true })
      .fill("ours? <img src=x onerror=window.hacked=1>\nask the network team")
    await page.getByRole("button", { name: "Comment", exact: true }).click()
    await page.getByRole("list", { name: "Comments" }).getByText("onerror=window.hacked").waitFor()
    expect(await page.evaluate("window.hacked")).toBeUndefined()
  })

  it("makes a policy: YAML with its sentence, mistakes at their place, stored as interactive", async () => {
    await page.getByRole("button", { name: "Make a policy from this" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText(/1 Critical incident .*at least 3 stages.* → block the address for 1 hour/).waitFor()
    await picture("policy")
    const field = dialog.getByLabel("Policy in YAML")
    const draft = await field.inputValue()
    await field.fill(draft.replace("window: 10m", "window: soon"))
    await dialog.getByText(/"soon" is no length of time/).click()
    expect(await field.evaluate((one) => one.value.slice(one.selectionStart, one.selectionEnd))).toBe("soon")
    await picture("policy-mistake")
    await field.fill(draft.replace("mode: interactive", "mode: automatic"))
    await dialog.getByText(/after a backtest/).waitFor()
    expect(await dialog.getByRole("button", { name: "Store" }).isDisabled()).toBe(true)
    await field.fill(draft)
    await dialog.getByRole("button", { name: "Store" }).click()
    await page.getByText("The policy is stored").waitFor()
    const { items } = (await call("GET", "/policies")) as { items: { id: string; mode: string }[] }
    expect(items.map(({ id, mode }) => [id, mode])).toContainEqual(["block-kill-chain", "interactive"])
  })

  it("masks alerts: the stage is gone, the block ends, and they can be unmasked", async () => {
    const exploitation = page.getByRole("region", { name: /exploitation/i })
    await exploitation.locator(".evidence-toggle").first().click()
    await exploitation.getByRole("button", { name: "Mask this alert" }).click()
    await picture("mask")
    await page.getByLabel("Reason").fill("our own test")
    await page.getByRole("dialog").getByRole("button", { name: "Mask", exact: true }).click()
    await page.getByText("1 incident was worked out anew; 1 block ended.").waitFor()
    await page.getByRole("img", { name: /Kill chain: 2 steps/ }).waitFor()
    await page.locator('.kill-chain-cut-box[data-state="ended"]').waitFor()
    const masked = page.getByRole("region", { name: "Masked alerts" })
    await picture("masked")
    await masked.getByRole("button", { name: "Unmask all" }).click()
    await page.getByLabel("Reason").fill("it was none of ours")
    await page.getByRole("dialog").getByRole("button", { name: "Unmask", exact: true }).click()
    await page.getByRole("img", { name: /Kill chain: 3 steps/ }).waitFor()
    await masked.waitFor({ state: "detached" })
  })

  it("begins a clustering rule from an alert, with what it would have made", async () => {
    const scan = page.getByRole("region", { name: /1\. scan/i })
    await scan.locator(".evidence-toggle").first().click()
    await scan.getByRole("link", { name: "Cluster alerts like this" }).click()
    await page
      .getByRole("status", { name: "Preview" })
      .getByText(/1 new alert by 1 attacker/)
      .waitFor()
    expect(await page.getByLabel("Rules in YAML").inputValue()).toMatch(/intents: \["reconnaissance"\]/)
    await picture("cluster-like")
  })

  it("shows the rules that run as sentences, and tries others: mistakes at their place, then incidents", async () => {
    await page.keyboard.press("Escape")
    await page.goto(`${thwart.url}/correlation`)
    await page
      .getByRole("region", { name: "Rules that run" })
      .getByText(/When .* then/i)
      .first()
      .waitFor()
    const field = page.getByLabel("Rules in YAML")
    const text = await field.inputValue()
    await field.fill(text.replace("intents: [exploitation]", "intents: [explotation]"))
    await page.getByRole("button", { name: "Preview" }).click()
    await page.getByRole("alert").getByText("7:").first().click()
    await picture("correlation-mistake")
    await field.fill(text)
    await field.press("Control+Enter")
    const made = page.getByRole("status", { name: "Preview" })
    await made.getByText(/1 incident by 1 attacker, 1 with every stage/).waitFor()
    await made.getByRole("cell", { name: attacker }).waitFor()
    await picture("correlation-light")
    const download = page.waitForEvent("download")
    await page.getByRole("button", { name: "Download" }).click()
    expect((await download).suggestedFilename()).toBe("rules.yaml")
  })

  it("draws a huge incident bounded", async () => {
    const other = { attacker: "203.0.113.41" }
    const at = Date.now() - 60_000
    const many = Array.from({ length: 300 }, (_, index) =>
      seen("reconnaissance", at + index, { ...other, node: node(`n-${index % 40}`) } as Partial<Alert>),
    )
    await send([
      ...many,
      seen("exploitation", at + 2000, other as Partial<Alert>),
      seen("installation", at + 3000, other as Partial<Alert>),
    ])
    await page.goto(`${thwart.url}/incidents`)
    await page.getByRole("row", { name: /203\.0\.113\.41/ }).click()
    await page.getByText(/more nodes.* not drawn/).waitFor()
    expect(await page.locator(".kill-chain-lane").count()).toBe(9)
    expect(await page.locator(".kill-chain-step").count()).toBeLessThanOrEqual(24)
    await picture("incident-huge")
  })

  it("is drawn dark and narrow, and says what it may not show", async () => {
    const incident = page.url()
    let drawn = 0
    for (const [name, scheme, width] of [
      ["dark", "dark", 1280],
      ["narrow", "light", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height: 800 })
      for (const path of [new URL(incident).pathname, "/correlation"]) {
        await page.goto(`${thwart.url}${path}`)
        await page.getByRole("heading").first().waitFor()
        if (path !== "/correlation") await page.locator(".kill-chain-step").first().waitFor()
        await picture(`${path === "/correlation" ? "correlation" : "incident"}-${name}`)
        expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true)
        drawn++
      }
    }
    expect(drawn).toBe(4)
    await page.setViewportSize({ width: 1280, height: 800 })
    const answer = (status: number, message: string) => ({
      status,
      contentType: "application/json",
      body: JSON.stringify({ error: { code: "FORBIDDEN", message } }),
    })
    await page.route("**/vulnerabilities", (route) => route.fulfill(answer(403, "this needs the role viewer")))
    await page.route("**/api/v1/correlation/rules", (route) => route.fulfill(answer(400, "the store is away")))
    await page.goto(incident)
    await page.getByText("You may not see this").waitFor()
    await picture("incident-denied")
    await page.goto(`${thwart.url}/correlation`)
    await page.getByText("the store is away").waitFor()
    await picture("correlation-error")
    await page.unroute("**/api/v1/correlation/rules")
    await page.route("**/api/v1/correlation/rules", (route) =>
      route.fulfill({ contentType: "application/json", body: '{"items":[]}' }),
    )
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("No rule runs").waitFor()
    expect(watched.foreign).toEqual([])
    expect(watched.errors.filter((text) => !/status of (400|401|403)/.test(text))).toEqual([])
  })
})
