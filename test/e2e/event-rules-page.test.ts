import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart, type Thwart } from "../../src/app/start.ts"
import { systemClock } from "../../src/core/index.ts"
import { checkEventRules } from "../../src/detection/index.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const pictures = process.env.THWART_TEST_SCREENSHOTS
const records = readFileSync(join(import.meta.dirname, "..", "..", "examples", "events", "audit.log"), "utf8")

describe.runIf(has("the event rules page in Chromium", "chromium"))("the event rules page", () => {
  let dataDir: string
  let thwart: Thwart
  let browser: Browser
  let watched: Watched
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-event-rules-"))
    const config = configSchema.parse({ listen: { port: 0 } })
    thwart = await startThwart({ clock: systemClock, onError: (error) => console.error(error) }, { config, dataDir })
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
      await watched.page.screenshot({ path: join(pictures, `event-rules-${name}-${colorScheme}.png`) })
    }
  }

  it("lists rules as sentences with their templates and state, and searches them", async () => {
    const { page } = watched
    await page.keyboard.press("g")
    await page.keyboard.press("e")
    await page.getByRole("heading", { name: "Event rules" }).waitFor()
    const one = page.getByRole("region", { name: "thwart/reverse-shell" })
    await one.getByText(/^When /).waitFor()
    await one.getByText("on", { exact: true }).waitFor()
    await picture("list")
    await page.getByLabel("Search event rules").fill("reverse shell")
    await page.getByText(/^\d of \d+ rules$/).waitFor()
    await one.waitFor()
  })

  it("tries a filter: mistakes in their place, then each record with the reason", async () => {
    const { page } = watched
    const box = page.getByRole("region", { name: "Try", exact: true })
    await box.getByRole("textbox", { name: "Filter" }).fill('sycall = "connect"')
    await box.getByRole("textbox", { name: "Records" }).fill(records)
    await box.getByRole("button", { name: "Try" }).click()
    await box.getByText("did you mean syscall?").waitFor()
    await box.getByText("^^^^^^").waitFor()
    await picture("mistake")
    await box
      .getByRole("textbox", { name: "Filter" })
      .fill('syscall = "connect" and connection.dst_addr != "10.0.0.0/8"')
    await box.getByRole("button", { name: "Try" }).click()
    await box.getByText(/^[1-9]\d* of 11 records matched$/).waitFor()
    await box.getByText("Line 35 could not be read: line that is no audit record").waitFor()
    await box
      .getByText(/✓ syscall = "connect": it is "connect"/)
      .first()
      .waitFor()
    await box
      .getByText(/✗ syscall = "connect": it is "/)
      .first()
      .waitFor()
    await box.getByLabel("Only those that matched").check()
    await box.getByText(/^✗/).first().waitFor({ state: "detached" })
    await picture("tried")
  })

  it("clones a rule into YAML that checks clean, and tries that", async () => {
    const { page } = watched
    await page.getByRole("button", { name: "Clone thwart/reverse-shell" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("Id of the new rule").fill("Not An Id")
    await dialog.getByRole("button", { name: "Clone" }).click()
    await dialog.getByText(/small letters, digits/).waitFor()
    await dialog.getByLabel("Id of the new rule").fill("mine/shell")
    await dialog.getByRole("button", { name: "Clone" }).click()
    const yaml = (await dialog.getByLabel("The new rule", { exact: true }).textContent()) ?? ""
    await picture("clone")
    const file = join(dataDir, "mine.yaml")
    writeFileSync(file, yaml)
    const checked = checkEventRules([file], { list: (path) => [path], read: (path) => readFileSync(path, "utf8") })
    expect([checked.diagnostics, checked.rules.map(({ id }) => id)]).toEqual([[], ["mine/shell"]])
    await dialog.getByRole("button", { name: "Try it" }).click()
    const box = page.getByRole("region", { name: "Try", exact: true })
    await box.getByRole("button", { name: "Try" }).click()
    await box.getByText("1 of 11 records matched").waitFor()
    await box.getByText("raised", { exact: true }).waitFor()
    await picture("rule")
    // The browser itself reports that nobody was signed in at first, and the id that can't be one.
    expect(watched.errors.filter((text) => !/status of 40[01]/.test(text))).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})
