import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart, type Thwart } from "../../src/app/start.ts"
import { prefix, systemClock } from "../../src/core/index.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const pictures = process.env.THWART_TEST_SCREENSHOTS
const day = 86_400_000

describe.runIf(has("the allowlist page in Chromium", "chromium"))("the allowlist page", () => {
  let dataDir: string
  let thwart: Thwart
  let browser: Browser
  let watched: Watched
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-allowlist-"))
    const config = configSchema.parse({ listen: { port: 0 } })
    thwart = await startThwart({ clock: systemClock, onError: (error) => console.error(error) }, { config, dataDir })
    const block = { direction: "inbound", durationMs: day, reason: "by hand" } as const
    await thwart.responder.block({ ...block, target: prefix("203.0.113.9") }, ada)
    const entry = { comment: "remote work", owner: "it", createdAt: Date.now(), expiresAt: null }
    await thwart.store.record({
      allowlist: [
        {
          ...{ ...entry, id: "alw_name", host: "vpn.example.com", covers: [prefix("198.51.100.7")] },
          ...{ resolvedAt: Date.now(), problem: "no resolver answered: ETIMEOUT" },
        },
        { ...entry, id: "alw_over", prefix: prefix("192.0.2.1"), expiresAt: Date.now() - 1, endedAt: Date.now() },
      ],
    })
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

  it("shows what a name stands for, why that may be old, and what is over", async () => {
    const { page } = watched
    await page.goto(`${thwart.url}/allowlist`)
    await page.getByText("Not resolved of late (no resolver answered: ETIMEOUT)").waitFor()
    await page.getByText("198.51.100.7").waitFor()
    await page.getByRole("row", { name: /192\.0\.2\.1\/32.*over/ }).waitFor()
  })

  it("adds a range for a node with an owner and an end, shows what that ended, and takes it off", async () => {
    const { page } = watched
    await page.getByLabel("Address, prefix, range").fill("203.0.113.8 - 203.0.113.12")
    await page.getByLabel("Comment").fill("scanner of the audit")
    await page.getByLabel("Owner").fill("security")
    await page.getByLabel("Nodes").fill("staging, test")
    await page.getByRole("combobox", { name: "Ends in" }).click()
    await page.getByRole("option", { name: "30 days" }).click()
    await page.getByRole("button", { name: "Allow" }).click()
    await page.getByText("203.0.113.9 is no longer blocked").waitFor()
    expect(thwart.responder.desired()).toEqual([])
    const row = page.getByRole("row", {
      name: /203\.0\.113\.8-203\.0\.113\.12 staging, test scanner of the audit security/,
    })
    await row.waitFor()
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true })
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme })
        await page.screenshot({ path: join(pictures, `allowlist-${colorScheme}.png`) })
      }
    }
    expect(await thwart.store.allowlist()).toContainEqual(
      expect.objectContaining({ owner: "security", nodes: ["staging", "test"], range: "203.0.113.8-203.0.113.12" }),
    )
    await page.getByRole("button", { name: "Remove 203.0.113.8-203.0.113.12" }).click()
    await row.waitFor({ state: "detached" })
  })

  it("says what is wrong, and keeps what was written", async () => {
    const { page } = watched
    const cases: readonly (readonly [what: string, said: RegExp])[] = [
      ["192.0.2.300", /"192\.0\.2\.300" is not an address or a prefix/],
      ["192.0.2.9-192.0.2.1", /two addresses with a dash between, the lower first/],
      ["AS64500", /no database of autonomous systems is configured; name one with asnDatabase/],
      ["no_such-.example.com", /a host name such as/],
    ]
    expect(cases).toHaveLength(4)
    for (const [what, said] of cases) {
      await page.getByLabel("Address, prefix, range").fill(what)
      await page.getByLabel("Comment").fill("c")
      await page.getByRole("button", { name: "Allow" }).click()
      await page.getByRole("alert").getByText(said).waitFor()
      expect(await page.getByLabel("Address, prefix, range").inputValue()).toBe(what)
    }
    // The browser itself reports that nobody was signed in at first, and what the server refused.
    expect(watched.errors.filter((text) => !/status of 40[01]/.test(text))).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})

const ada = { who: "user:ada", from: null }
