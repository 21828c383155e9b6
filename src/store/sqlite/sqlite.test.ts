import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "vitest"
import { describeStore } from "../contract.ts"
import { createSqliteStore } from "./index.ts"

describeStore("SQLite in memory", async () => ({
  store: await createSqliteStore({ path: ":memory:" }),
  cleanUp: async () => undefined,
}))

describeStore("SQLite in a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thwart-store-"))
  const path = join(folder, "made", "thwart.db")
  return {
    store: await createSqliteStore({ path }),
    reopen: () => createSqliteStore({ path }),
    cleanUp: async () => rmSync(folder, { recursive: true, force: true }),
  }
})

describe("a SQLite file", () => {
  it("is its owner's alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thwart-store-"))
    const path = join(folder, "made", "thwart.db")
    const store = await createSqliteStore({ path })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, "made")).mode & 0o777).toBe(0o700)
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it("that is none, or of a newer Thwart, is refused by its name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thwart-store-"))
    const none = join(folder, "none.db")
    writeFileSync(none, "this is not a database, however long it may be".repeat(100))
    await expect(createSqliteStore({ path: none })).rejects.toMatchObject({
      code: "THWART_STORE_FAILED",
      message: expect.stringContaining(none),
    })
    const newer = join(folder, "newer.db")
    await (await createSqliteStore({ path: newer })).close()
    const raw = new DatabaseSync(newer)
    raw.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-from-the-future', '2099-01-01')")
    raw.close()
    await expect(createSqliteStore({ path: newer })).rejects.toThrow(/newer Thwart/)
    rmSync(folder, { recursive: true, force: true })
  })
})
