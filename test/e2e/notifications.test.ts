import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart, type Thwart } from "../../src/app/start.ts"
import { systemClock } from "../../src/core/index.ts"
import { startSink } from "../../src/notifications/testing/http-sink.ts"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"
import { type Browser, openBrowser, type Watched } from "./support/browser.ts"

const pictures = process.env.THWART_TEST_SCREENSHOTS
const root = join(import.meta.dirname, "..", "..")
const run = promisify(execFile)

describe.runIf(has("the notifications page in Chromium", "chromium"))("notifications", () => {
  let dataDir: string
  let thwart: Thwart
  let sink: Awaited<ReturnType<typeof startSink>>
  let browser: Browser
  let watched: Watched

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "thwart-notifications-"))
    sink = await startSink(({ path }) => (path === "/gone" ? { status: 404, text: "no_service" } : { status: 200 }))
    writeFileSync(join(dataDir, "gone"), `${sink.url}/gone\n`)
    const targets = [
      { name: "soc", kind: "webhook", url: `${sink.url}/soc`, kinds: ["incident-opened", "incident-grown"] },
      { name: "chat", kind: "slack", url: { file: join(dataDir, "gone") }, kinds: ["countermeasure-failed"] },
    ]
    const notifications = { publicUrl: "https://thwart.example.com", targets }
    const config = configSchema.parse({ listen: { port: 0 }, notifications })
    thwart = await startThwart({ clock: systemClock, onError: (error) => console.error(error) }, { config, dataDir })
    browser = await openBrowser(thwart.url)
    watched = await browser.page()
    await watched.page.goto(`${thwart.url}/sign-in#token=${thwart.accounts.createLink("admin")}`)
    await watched.page.getByRole("heading", { name: "Overview" }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await thwart?.stop()
    await sink?.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it("tell of an attack while it grows, with a link", async () => {
    const at = Date.now()
    for (const [index, intent] of (["reconnaissance", "exploitation", "installation"] as const).entries())
      await thwart.ingest([alertOf(index + 1, intent, { at: at + index })])
    await sink.until(2)
    const told = sink.received.map(({ text }) => JSON.parse(text))
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(["incident.opened", "incident.grown"]))
    const [incident] = (await thwart.store.incidents({})).items
    expect(told[0].data.url).toBe(`https://thwart.example.com/incidents/${incident?.id}`)
  })

  it("are tested and shown in the console", async () => {
    const { page } = watched
    await page.keyboard.press("g")
    await page.keyboard.press("n")
    await page.getByRole("heading", { name: "Notifications" }).waitFor()
    await page.getByRole("button", { name: "Test soc" }).click()
    await page.getByText("The test message was delivered.").waitFor()
    await page.getByRole("button", { name: "Test chat" }).click()
    await page.getByText("The test message was not delivered: answered 404: no_service").waitFor()
    await page.getByRole("region", { name: "chat" }).getByText("failing", { exact: true }).waitFor()
    const rows = page.getByRole("region", { name: "Last deliveries" }).getByRole("row")
    await rows.filter({ hasText: "Test message of Thwart" }).nth(1).waitFor()
    await rows
      .filter({ hasText: /incident opened: / })
      .first()
      .waitFor()
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      if (pictures === undefined) continue
      mkdirSync(pictures, { recursive: true })
      await page.screenshot({ path: join(pictures, `notifications-told-${colorScheme}.png`), fullPage: true })
    }
    // The browser itself reports that nobody was signed in at first.
    expect(watched.errors.filter((text) => !/status of 401/.test(text))).toEqual([])
    expect(watched.foreign).toEqual([])
  })

  it("are tested and listed on the command line", async () => {
    const thwartCli = (...args: readonly string[]) =>
      run(process.execPath, [join(root, "src", "app", "main.ts"), "--data", dataDir, "notify", ...args])
    const { stdout } = await thwartCli("test", "soc")
    expect(stdout).toBe("soc: delivered\n")
    await expect(thwartCli("test")).rejects.toMatchObject({
      code: 1,
      stdout: "soc: delivered\nchat: not delivered: answered 404: no_service\n",
    })
    await expect(thwartCli("test", "nobody")).rejects.toMatchObject({
      stderr: expect.stringContaining("there are: soc, chat"),
    })
    const listed = (await thwartCli("list", "--json")).stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(listed.map(({ name, state }) => [name, state])).toEqual([
      ["soc", "ok"],
      ["chat", "failing"],
    ])
    const failed = (await thwartCli("deliveries", "--state", "failed", "--limit", "1")).stdout.split("\n")
    expect(failed).toHaveLength(3)
    expect(failed[1]).toMatch(/chat +failed +1 +Test message of Thwart/)
  })
})
