import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runAttack } from "../../examples/demo/attack.ts"
import { createClient, listenForCallsHome } from "../../examples/demo/clients.ts"
import { createShop } from "../../examples/demo/shop.ts"
import { startGuardedThwart } from "../../examples/demo/thwart.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const attacker = "203.0.113.66"
const hostile = "203.0.113.99"
// Where pictures of every page are left for a person to look at; nowhere by default.
const pictures = process.env.THWART_TEST_SCREENSHOTS

const built = existsSync(join(import.meta.dirname, "..", "..", "console", "dist", "index.html"))

describe.runIf(has("the console in Chromium", "chromium"))("the console", () => {
  let dataDir: string
  let thwart: Awaited<ReturnType<typeof startGuardedThwart>>
  let shop: Server
  let home: Awaited<ReturnType<typeof listenForCallsHome>>
  let port: number
  let browser: Browser
  let watched: Watched

  beforeAll(async () => {
    expect(built, "console/dist is missing: npm run setup").toBe(true)
    dataDir = mkdtempSync(join(tmpdir(), "thwart-console-"))
    thwart = await startGuardedThwart({ dataDir, port: 0 })
    shop = createServer(thwart.guard.wrap(createShop()))
    await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve))
    const bound = shop.address()
    port = bound !== null && typeof bound === "object" ? bound.port : 0
    home = await listenForCallsHome()
    browser = await openBrowser(thwart.url)
    watched = await browser.page()
  })
  afterAll(async () => {
    await browser?.close()
    home?.close()
    shop?.closeAllConnections()
    shop?.close()
    await thwart?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const picture = async (name: string) => {
    if (pictures === undefined) return
    mkdirSync(pictures, { recursive: true })
    await watched.page.screenshot({ path: join(pictures, `${name}.png`) })
  }
  const attack = async (address: string) => {
    await runAttack({
      send: createClient(port, address, "Mozilla/5.0"),
      home: home.url,
      pauseMs: 0,
      onStep: () => undefined,
      untilBlocked: async () => {
        for (let tries = 0; tries < 200 && (await thwart.blockOf(address)) === undefined; tries++)
          await new Promise((resolve) => setTimeout(resolve, 20))
      },
    })
  }

  it("refuses a wrong password with a sentence, and lets a one-time link in", async () => {
    const { page } = watched
    await page.goto(thwart.url)
    await page.getByLabel("Name").fill("admin")
    await page.getByLabel("Password").first().fill("not the password")
    await picture("sign-in")
    await page.getByRole("button", { name: "Sign in" }).click()
    await page.getByRole("alert").getByText("do not belong together").waitFor()
    // A browser writes what the server refused on its console; that one is meant.
    await page.goto(thwart.signInLink())
    await page.getByRole("heading", { name: "Overview" }).waitFor()
    expect(page.url()).not.toContain("token")
    await page.getByText("Live", { exact: true }).waitFor()
  })

  it("draws an empty list, and then an incident by itself as it happens", async () => {
    const { page } = watched
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await page.getByText("No attack was seen").waitFor()
    await picture("incidents-empty")
    await attack(attacker)
    await page.getByRole("row", { name: `Attack chain in progress by ${attacker}` }).waitFor()
    await page.getByText("Contained", { exact: true }).last().waitFor()
    await page.getByRole("img", { name: /4 of 4 stages/ }).waitFor()
    await picture("incidents")
  })

  it("opens the incident by keyboard, with its stages in order and the matched bytes marked", async () => {
    const { page } = watched
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.getByRole("list", { name: "Stages" }).waitFor()
    const stages = await page.getByRole("list", { name: "Stages" }).getByRole("listitem").allInnerTexts()
    expect(stages.map((text) => text.split("\n")[0]?.toLowerCase())).toEqual([
      "scan",
      "exploitation",
      "installation",
      "command and control",
    ])
    await page.getByText(/http: applied/).waitFor()
    await page
      .getByRole("button", { name: /SQL injection/ })
      .first()
      .click()
    await page.locator("mark:visible").filter({ hasText: "UNION SELECT name" }).first().waitFor()
    await picture("incident")
    await page.getByRole("button", { name: "Explain" }).click()
    await page
      .getByRole("dialog")
      .getByText(/203\.0\.113\.66\/32/)
      .first()
      .waitFor()
    await picture("explain")
    await page.keyboard.press("Escape")
  })

  it("shows hostile bytes as text that can do nothing", async () => {
    const { page } = watched
    const send = createClient(port, hostile, "Nikto <img src=x onerror=window.hacked=1>")
    await send({ path: `/search?q=${encodeURIComponent("<script>window.hacked=1</script>")}` })
    await send({
      path: `/search?q=${encodeURIComponent("x' UNION SELECT '<img src=x onerror=window.hacked=1>', name FROM customers-- ")}`,
    })
    await page.goto(`${thwart.url}/incidents`)
    const row = page.getByRole("row", { name: new RegExp(hostile) })
    await send({
      method: "POST",
      path: "/upload",
      body: "<?php system($_GET['cmd']); ?><img src=x onerror=window.hacked=1>",
    })
    await row.click()
    await page.getByRole("list", { name: "Stages" }).waitFor()
    for (const button of await page.locator(".evidence-toggle").all()) await button.click()
    await page.getByText("<img src=x onerror=window.hacked=1>").first().waitFor()
    expect(await page.evaluate("window.hacked")).toBeUndefined()
    expect(await page.locator("#main img[src=x]").count()).toBe(0)
  })

  it("undoes a countermeasure after asking, and tells what a guardrail refuses", async () => {
    const { page } = watched
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await page.getByRole("button", { name: `Undo the block of ${attacker}` }).click()
    await page.getByLabel(/It was a false positive/).check()
    await picture("undo")
    await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click()
    await page.getByText(`${attacker} is no longer blocked.`).waitFor()
    await page.getByRole("button", { name: `Undo the block of ${attacker}` }).waitFor({ state: "detached" })
    expect((await createClient(port, attacker, "Mozilla/5.0")({ path: "/" })).status).toBe(200)

    await page.getByRole("button", { name: "Block an address" }).click()
    await page.getByLabel("Address or prefix").fill("169.254.169.254")
    await page.getByLabel("Reason").fill("test")
    await page.getByRole("dialog").getByRole("button", { name: "Block", exact: true }).click()
    await page
      .getByRole("alert")
      .getByText(/metadata/)
      .waitFor()
    await picture("guardrail")
    await page.getByLabel("Address or prefix").fill("198.51.100.77")
    await page.getByRole("dialog").getByRole("button", { name: "Block", exact: true }).click()
    await page.getByRole("button", { name: "Undo the block of 198.51.100.77" }).waitFor()
    await picture("countermeasures")
  })

  it("draws every other page, light and dark, without an error or a request to anywhere else", async () => {
    const { page } = watched
    let drawn = 0
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      for (const [path, heading] of [
        ["/", "Overview"],
        ["/incidents", "Incidents"],
        ["/countermeasures", "Countermeasures"],
        ["/policies", "Policies"],
        ["/allowlist", "Allowlist"],
        ["/notifications", "Notifications"],
        ["/audit", "Audit log"],
        ["/accounts", "Users and tokens"],
      ] as const) {
        await page.goto(`${thwart.url}${path}`)
        await page.getByRole("heading", { name: heading }).first().waitFor()
        // Not by a function in the page: its policy forbids evaluating text.
        for (let tries = 0; tries < 400 && (await page.locator("[aria-busy=true]").count()) > 0; tries++)
          await page.waitForTimeout(20)
        expect(await page.locator("[aria-busy=true]").count()).toBe(0)
        expect(await page.evaluate("document.documentElement.dataset.mantineColorScheme")).toBe(scheme)
        await picture(`${heading.toLowerCase().replaceAll(" ", "-")}-${scheme}`)
        drawn++
      }
    }
    expect(drawn).toBe(16)
    expect(watched.foreign).toEqual([])
    // The browser itself reports the sign-in that was refused, and the guardrail's refusal.
    expect(watched.errors.filter((text) => !/status of (401|409)/.test(text))).toEqual([])
  })

  it("says what is wrong when the server fails, and tries again", async () => {
    const { page } = watched
    await page.route("**/api/v1/policies", (route) =>
      route.fulfill({
        status: 403,
        contentType: "application/json",
        body: '{"error":{"code":"FORBIDDEN","message":"this needs the role viewer"}}',
      }),
    )
    await page.goto(`${thwart.url}/policies`)
    await page.getByText("You may not see this").waitFor()
    await page.unroute("**/api/v1/policies")
    await page.route("**/api/v1/allowlist", (route) =>
      route.fulfill({
        status: 400,
        contentType: "application/json",
        body: '{"error":{"code":"X","message":"the store is away"}}',
      }),
    )
    await page.goto(`${thwart.url}/allowlist`)
    await page.getByText("the store is away").waitFor()
    await picture("error")
    await page.unroute("**/api/v1/allowlist")
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("The allowlist is empty.").waitFor()
  })
})
