// Opens incidents and stores runs of playbooks that tell, in turn, until it is killed, and prints each once it was acknowledged. Arguments: PATH of the database, URL to tell, a name.
import { createIds, systemClock } from "../../core/index.ts"
import { createSqliteStore } from "../../store/index.ts"
import { notificationsConfig } from "../config.ts"
import { createNotifications } from "../notifications.ts"
import { incidentOf, runOf } from "./samples.ts"

const [path = "", url = "", round = ""] = process.argv.slice(2)
// So few that all rounds together stay under what waits for one target.
const most = 80

const store = await createSqliteStore({ path })
const targets = [{ name: "soc", kind: "webhook", url, maxPerMinute: 600 }]
const onError = (error: unknown) => process.stderr.write(`${error}\n`)
const deps = {
  store,
  clock: systemClock,
  ids: createIds(systemClock),
  env: {},
  readFile: () => "",
  fetch,
  random: Math.random,
}
const notifications = createNotifications({ ...deps, onError }, notificationsConfig.parse({ targets }), {
  backoff: { firstMs: 1, lastMs: 20 },
})
const telling = notifications.telling(store)
await notifications.start()
for (let index = 0; index < most; index++) {
  const [incident, run] = [incidentOf(`${round}x${index}`, 1), runOf(`${round}x${index}`)]
  if (index % 2 === 0) await telling.record({ incidents: [incident] })
  else await telling.record({ playbookRuns: [run], playbookNotices: [{ target: "soc", text: null, run }] })
  process.stdout.write(`${index % 2 === 0 ? incident.id : run.id}\n`)
}
setInterval(() => undefined, 1000)
