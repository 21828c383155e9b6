// `npm run bench [-- NAME…] [--json]`: every figure is measured in this run; CPU time, since wall time depends on who else is busy.
import { cpus, totalmem } from "node:os"
import { correlation } from "./correlation.ts"
import { decode } from "./decode.ts"
import { events } from "./events.ts"
import type { Bench, Figure } from "./figure.ts"
import { nftables } from "./nftables.ts"
import { respond } from "./respond.ts"
import { seclang } from "./seclang.ts"
import { store } from "./store.ts"

const benches: Readonly<Record<string, Bench>> = { correlation, decode, events, nftables, respond, seclang, store }

const json = process.argv.includes("--json")
const chosen = process.argv.slice(2).filter((word) => !word.startsWith("--"))
const unknown = chosen.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`bench: there is no "${unknown.join('", "')}"; there are: ${Object.keys(benches).join(", ")}`)
  process.exit(2)
}

const machine = `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
if (!json) console.log(`${machine}\n`)

const results: Record<string, readonly Figure[]> = {}
for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  results[name] = await bench((text) => console.error(`bench ${name}: ${text}`))
  if (json) continue
  console.log(name)
  for (const { what, value, unit } of results[name])
    console.log(`  ${what.padEnd(52)} ${value.toLocaleString("en", { maximumFractionDigits: 1 }).padStart(14)} ${unit}`)
}
// Figures with a name stand at the top, so that a run of one benchmark gives one flat object.
const named = Object.fromEntries(
  Object.values(results)
    .flat()
    .flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]])),
)
if (json) console.log(JSON.stringify({ ...named, machine, results }))
