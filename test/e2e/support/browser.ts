import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type BrowserContext, chromium, type Page } from "playwright-core"
import { chromiumPath } from "../../support/requirements.ts"

export interface Browser {
  readonly context: BrowserContext
  page(): Promise<Watched>
  close(): Promise<void>
}

/** A page, and what went wrong on it. */
export interface Watched {
  readonly page: Page
  /** Errors on the console and exceptions. */
  readonly errors: readonly string[]
  /** Requests to anywhere but the server. */
  readonly foreign: readonly string[]
}

/** Chromium on this machine, with a profile of its own, quiet towards the rest of the network. */
export async function openBrowser(origin: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "thwart-browser-"))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  })
  return {
    context,
    page: async () => {
      const page = await context.newPage()
      page.setDefaultTimeout(8000)
      const [errors, foreign]: [string[], string[]] = [[], []]
      page.on("pageerror", (error) => errors.push(error.message))
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()))
      page.on(
        "request",
        (request) =>
          !request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()) && foreign.push(request.url()),
      )
      return { page, errors, foreign }
    },
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
