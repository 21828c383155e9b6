import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startGuardedThwart } from "../../examples/demo/thwart.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const pictures = process.env.THWART_TEST_SCREENSHOTS

describe.runIf(has("the rules page in Chromium", "chromium"))("the rules page", () => {
  let dataDir: string
  let thwart: Awaited<ReturnType<typeof startGuardedThwart>>
  let browser: Browser
  let watched: Watched
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-rules-"))
    thwart = await startGuardedThwart({ dataDir, port: 0 })
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
    await watched.page.screenshot({ path: join(pictures, `${name}.png`) })
  }

  it("searches, turns a rule off with a reason and on again", async () => {
    const { page } = watched
    await page.goto(`${thwart.url}/rules`)
    await page.getByText("There is no exception.").waitFor()
    await page.getByLabel("Search rules").fill("nothing is like this")
    await page.getByText("No rule is like that.").waitFor()
    await page.getByLabel("Search rules").fill("9500200")
    await page.getByRole("button", { name: "Turn off 9500200" }).click()
    await page.getByLabel("Reason").fill("noise")
    await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click()
    await page.getByRole("button", { name: "Turn on 9500200" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Turn on" }).click()
    await page.getByRole("button", { name: "Turn off 9500200" }).waitFor()
  })

  it("adds an exception once it has a place, and ends it", async () => {
    const { page } = watched
    await page.getByRole("button", { name: "Add an exception" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("Give a path, a parameter or a source").waitFor()
    await dialog.getByLabel("Rule").fill("9500200")
    await dialog.getByLabel("Path").fill("/search")
    await dialog.getByLabel("Owner").fill("shop")
    await dialog.getByLabel("Reason").fill("books")
    await dialog.getByRole("button", { name: "Add" }).click()
    await page.getByRole("button", { name: "End the exception from 9500200 now" }).waitFor()
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      await picture(`rules-${colorScheme}`)
    }
    await page.getByRole("button", { name: "End the exception from 9500200 now" }).click()
    await page.getByText("ended", { exact: true }).waitFor()
    // The browser itself reports that nobody was signed in at first.
    expect(watched.errors.filter((text) => !/status of 401/.test(text))).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})
