import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startGuardedThwart } from "../../examples/demo/thwart.ts"
import { networkPolicy } from "../../src/core/index.ts"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const pictures = process.env.THWART_TEST_SCREENSHOTS

describe.runIf(has("recommendations in Chromium", "chromium"))("recommendations in the console", () => {
  let dataDir: string
  let thwart: Awaited<ReturnType<typeof startGuardedThwart>>
  let browser: Browser
  let watched: Watched
  let seen = 0
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-recommendations-"))
    thwart = await startGuardedThwart({ dataDir, port: 0 })
    await thwart.putPolicy(asking)
    browser = await openBrowser(thwart.url)
    watched = await browser.page()
    await watched.page.goto(thwart.signInLink())
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
    await watched.page.screenshot({ path: join(pictures, `recommendations-${name}.png`) })
  }
  const see = (...attackers: readonly string[]) =>
    thwart.ingest(attackers.map((attacker) => alertOf(++seen, "exploitation", { at: Date.now(), attacker })))
  const blocked = () => thwart.blocked()
  const badge = (count: number) => watched.page.getByLabel(`${count} wait for a decision`)

  it("waits empty, and then shows one row for a policy by itself, with the number pending in the navigation", async () => {
    const { page } = watched
    await page.keyboard.press("g")
    await page.keyboard.press("d")
    await page.getByText("Nothing waits for a decision").waitFor()
    await picture("empty")
    await see("203.0.113.1", "203.0.113.2", "203.0.113.3")
    const row = page.getByRole("row", { name: "Ask first: 3 pending" })
    await row.getByText("1 High alert with intent Exploitation").waitFor()
    await badge(3).waitFor()
    await see("203.0.113.4")
    await badge(4).waitFor()
    await picture("list")
    expect(blocked()).toEqual([])
  })

  it("opens by keyboard, and accepts the selected for a time, telling what became of it", async () => {
    const { page } = watched
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Accept all 4" }).waitFor()
    await page.getByLabel("Select 203.0.113.2").check()
    await picture("pending")
    await page.getByRole("button", { name: "Accept 1 selected" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("For").first().click()
    await page.getByRole("option", { name: "1 day" }).click()
    await dialog.getByLabel("Why").fill("ticket 4711")
    await picture("accept")
    await dialog.getByRole("button", { name: "Accept", exact: true }).click()
    await dialog.getByRole("row", { name: /203\.0\.113\.2 accepted/ }).waitFor()
    await picture("outcome")
    await dialog.getByRole("button", { name: "Done" }).click()
    await badge(3).waitFor()
    expect(blocked()).toMatchObject([{ target: "203.0.113.2/32", reason: { by: "user:admin" } }])
    const [block] = blocked()
    expect((block?.expiresAt ?? 0) - (block?.createdAt ?? 0)).toBe(86_400_000)
  })

  it("lets a viewer look, and not decide", async () => {
    await thwart.accounts.addUser("vera", "viewer", { who: "system", from: null })
    const other = await openBrowser(thwart.url)
    try {
      const { page: hers } = await other.page()
      await hers.goto(thwart.signInLink("vera"))
      await hers.getByRole("heading", { name: "Overview" }).waitFor()
      await hers.goto(watched.page.url())
      await hers.getByText("To decide needs the role of an analyst").waitFor()
      expect(await hers.getByRole("button", { name: /Accept|Dismiss|Always/ }).count()).toBe(0)
      expect(await hers.getByLabel(/^Select/).count()).toBe(0)
      if (pictures !== undefined) await hers.screenshot({ path: join(pictures, "recommendations-viewer.png") })
    } finally {
      await other.close()
    }
  })

  it("dismisses what is selected", async () => {
    const { page } = watched
    await page.getByLabel("Select 203.0.113.4").check()
    await page.getByRole("button", { name: "Dismiss 1 selected" }).click()
    await page.getByRole("dialog").getByLabel("Why").fill("our scanner")
    await page.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click()
    await page
      .getByRole("dialog")
      .getByRole("row", { name: /203\.0\.113\.4 dismissed/ })
      .waitFor()
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click()
    await badge(2).waitFor()
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme })
      await picture(`page-${colorScheme}`)
    }
  })

  it("always ignores until the policy is told to ask again", async () => {
    const { page } = watched
    await page.getByRole("button", { name: "Always ignore" }).click()
    await page.getByRole("dialog").getByLabel("Why").fill("noise")
    await page.getByRole("dialog").getByRole("button", { name: "Always ignore" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click()
    await page.getByText("Nothing of it is pending any more").waitFor()
    await picture("decided")
    await see("203.0.113.5")
    await page.goto(`${thwart.url}/policies`)
    await page.getByText("always ignored").waitFor()
    await picture("policies")
    await page.getByRole("button", { name: "Let Ask first ask again" }).click()
    await page.getByText("always ignored").waitFor({ state: "detached" })
    await see("203.0.113.6", "203.0.113.7")
    await badge(2).waitFor()
  })

  it("leaves interactive mode after a backtest, and a preview that lists what is accepted", async () => {
    const { page } = watched
    await page.getByLabel("Mode of Ask first").first().click()
    await page.getByRole("option", { name: "Automatic" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText(/In 30 days it would have blocked/).waitFor()
    expect(blocked()).toHaveLength(1)
    await dialog.getByRole("button", { name: "Go on" }).click()
    await dialog.getByText("2 proposals wait for a decision").waitFor()
    await dialog.getByRole("row", { name: /203\.0\.113\.7 accepted/ }).waitFor()
    await dialog.getByLabel("Why").fill("the attack goes on")
    await picture("mode")
    expect(blocked()).toHaveLength(1)
    await dialog.getByRole("button", { name: "Change to automatic" }).click()
    await dialog.waitFor({ state: "detached" })
    await badge(2).waitFor({ state: "detached" })
    expect(
      blocked()
        .map((one) => one.action === "block" && one.target)
        .sort(),
    ).toEqual(["203.0.113.2/32", "203.0.113.6/32", "203.0.113.7/32"])
    // The browser itself reports that nobody was signed in at first, and what was decided is not found again.
    expect(watched.errors.filter((text) => !/status of 40[14]/.test(text))).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})

const asking = networkPolicy.parse({
  id: "ask",
  name: "Ask first",
  enabled: true,
  mode: "interactive",
  on: { kind: "alert", classtypes: [], intents: ["exploitation"], tactics: [], techniques: [] },
  severity: "high",
  count: 1,
  windowMs: 600_000,
  blockMs: 600_000,
  enforcers: [],
})
