// Writes until it is killed, and prints each id once it was acknowledged. Arguments: `sqlite PATH` or `postgres URL SCHEMA`, and a name.
import { createPostgresStore, createSqliteStore } from "../index.ts"
import { alertAt, incidentAt } from "./samples.ts"

const [kind = "", place = "", schema = "", round = ""] = process.argv.slice(2)
const store =
  kind === "sqlite" ? await createSqliteStore({ path: place }) : await createPostgresStore({ url: place, schema })

for (let index = 0; ; index += 8) {
  await Promise.all(
    Array.from({ length: 8 }, async (_, lane) => {
      const name = `${round}x${index + lane}`
      await store.record({ alerts: [alertAt(index, name)], incidents: [incidentAt(index, name)] })
      process.stdout.write(`${name}\n`)
    }),
  )
}
