import pg from "pg"
import { describe, expect, it } from "vitest"
import { has } from "../../../test/support/requirements.ts"
import { describeStore } from "../contract.ts"
import { createPostgresStore } from "./index.ts"

const url = process.env.THWART_TEST_POSTGRES ?? ""
let made = 0

if (has("the store contract on PostgreSQL", "postgres")) {
  describeStore("PostgreSQL", async () => {
    const schema = `thwart_test_${process.pid}_${++made}`
    return {
      store: await createPostgresStore({ url, schema }),
      reopen: () => createPostgresStore({ url, schema }),
      cleanUp: async () => {
        const client = new pg.Client({ connectionString: url })
        await client.connect()
        await client.query(`DROP SCHEMA ${schema} CASCADE`)
        await client.end()
      },
    }
  })
}

describe.runIf(has("two schemas of one database", "postgres"))("a database in which another one has migrated", () => {
  it("gets tables of its own for a second schema, and for ours again", async () => {
    const schemas = [1, 2, 1].map((n) => `thwart_beside_${process.pid}_${n}`)
    for (const schema of schemas) {
      const store = await createPostgresStore({ url, schema })
      expect(await store.policies()).toEqual([])
      await store.close()
    }
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`DROP SCHEMA ${schemas[0]} CASCADE; DROP SCHEMA ${schemas[1]} CASCADE`)
    await client.end()
  })
})

describe("a PostgreSQL that does not answer", () => {
  it("is told by its address, without the password", async () => {
    const failure = await createPostgresStore({ url: "postgres://thwart:secret@127.0.0.1:1/nowhere" }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: "THWART_STORE_FAILED", message: expect.stringContaining("127.0.0.1:1") })
    expect(String(failure)).not.toContain("secret")
  })
})
