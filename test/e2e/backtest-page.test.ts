import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart, type Thwart } from "../../src/app/start.ts"
import { prefix, systemClock } from "../../src/core/index.ts"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const pictures = process.env.THWART_TEST_SCREENSHOTS
const hour = 3_600_000

describe.runIf(has("the policies page in Chromium", "chromium"))("the policies page", () => {
  let dataDir: string
  let thwart: Thwart
  let browser: Browser
  let watched: Watched
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-backtest-"))
    const config = configSchema.parse({ listen: { port: 0 } })
    thwart = await startThwart({ clock: systemClock, onError: (error) => console.error(error) }, { config, dataDir })
    const now = Date.now()
    const intents = ["reconnaissance", "exploitation", "installation"] as const
    const chain = (attacker: string, ago: number, n: number) =>
      intents.map((intent, index) => alertOf(n + index, intent, { at: now - ago + index * 60_000, attacker }))
    await thwart.store.record({
      alerts: [
        ...chain("203.0.113.7", 20 * hour, 10),
        ...chain("198.51.100.77", 50 * hour, 20),
        ...chain("192.0.2.9", 70 * hour, 30),
        alertOf(40, "exploitation", { at: now - 19.5 * hour, attacker: "203.0.113.7" }),
      ],
    })
    await thwart.responder.allow({ prefix: prefix("192.0.2.0/24"), comment: "office", expiresAt: null }, ada)
    const [policy] = await thwart.store.policies()
    if (policy !== undefined) await thwart.responder.changePolicy({ ...policy, mode: "monitor" }, ada)
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
    await watched.page.screenshot({ path: join(pictures, `${name}.png`) })
  }
  const modeNow = async () => (await thwart.store.policies())[0]?.mode

  it("looks back with a policy, over as many days as are chosen", async () => {
    const { page } = watched
    await page.goto(`${thwart.url}/policies`)
    await page.getByRole("button", { name: "Backtest Contain an attack chain" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("In 30 days it would have blocked 3 addresses").waitFor()
    await dialog.getByText("on the allowlist now (office; user:ada)").first().waitFor()
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      await picture(`backtest-${colorScheme}`)
    }
    await dialog.getByText("1 day", { exact: true }).click()
    await dialog.getByText(/In 24 hours it would have blocked 1 address/).waitFor()
    await dialog.getByRole("button", { name: "Close" }).last().click()
  })

  it("shows it before the policy becomes automatic, and leaves it as it is when that is wished", async () => {
    const { page } = watched
    const dialog = page.getByRole("dialog")
    const choose = async () => {
      await page.getByRole("combobox", { name: "Mode of Contain an attack chain" }).click()
      await page.getByRole("option", { name: "Automatic" }).click()
      await dialog.getByText("It would have hurt 1 friend").waitFor()
    }
    await choose()
    await picture("backtest-confirm")
    await dialog.getByRole("button", { name: "Leave it as it is" }).click()
    await dialog.waitFor({ state: "hidden" })
    expect(await modeNow()).toBe("monitor")
    await choose()
    await dialog.getByRole("button", { name: "Go on" }).click()
    await dialog.getByLabel("Why").fill("it hurts nobody else")
    expect(await modeNow()).toBe("monitor")
    await dialog.getByRole("button", { name: "Change to automatic" }).click()
    await dialog.waitFor({ state: "hidden" })
    await expect.poll(modeNow).toBe("automatic")
  })

  it("tells on the rules page what a rule had a part in", async () => {
    const { page } = watched
    await page.goto(`${thwart.url}/rules`)
    await page.getByLabel("Search rules").fill("9500200")
    await page.getByRole("button", { name: "Backtest 9500200" }).waitFor()
    await picture("rules-with-backtest")
    await page.getByRole("button", { name: "Backtest 9500200" }).click()
    await page
      .getByRole("dialog")
      .getByText(/it raised 10 alerts, and had a part in 3 incidents\. By the pol/)
      .waitFor()
    await picture("backtest-rule")
    // The browser itself reports that nobody was signed in at first.
    expect(watched.errors.filter((text) => !/status of 401/.test(text))).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})

const ada = { who: "user:ada", from: null }
