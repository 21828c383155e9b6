import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { z } from "zod"

const localServerSchema = z.object({ url: z.string(), token: z.string() })

/** Where state is kept: what was asked for, `THWART_DATA`, `/var/lib/thwart` for root, else `~/.thwart`. */
export function dataDirOf(
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isRoot: boolean,
): string {
  return asked ?? env.THWART_DATA ?? (isRoot ? "/var/lib/thwart" : join(homedir(), ".thwart"))
}

/** The same for this process. */
export const dataDirHere = (asked: string | undefined): string =>
  dataDirOf(asked, process.env, process.getuid?.() === 0)

/** Leaves the server's address and a token where only its own user can read them, so that the command line finds it. */
export function announceServer(dataDir: string, server: { readonly url: string; readonly token: string }): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, "server.json")
  // Written beside and renamed, so that a reader never sees half of it.
  writeFileSync(`${file}.new`, JSON.stringify(server), { mode: 0o600 })
  chmodSync(`${file}.new`, 0o600)
  renameSync(`${file}.new`, file)
}

export function forgetServer(dataDir: string): void {
  rmSync(join(dataDir, "server.json"), { force: true })
}

export function announcedServer(dataDir: string): { readonly url: string; readonly token: string } | undefined {
  try {
    return localServerSchema.parse(JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")))
  } catch {
    return undefined // No server has run here, or not by this user.
  }
}
