// `npm run chaos -- --seed 1 --rounds 1000`: rounds of random schedules, each with its own seed, counted up from the first.
import { playRound } from "./schedule.ts"

const value = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
const first = value("seed", 1)
const rounds = value("rounds", 100)
let bad = 0
for (let seed = first; seed < first + rounds; seed++) {
  const { history, wrong, evidence } = await playRound(seed)
  process.stderr.write(`\r${seed - first + 1} of ${rounds} rounds`)
  if (wrong.length === 0) continue
  bad++
  console.log(
    `\nseed ${seed}, after ${history.length} actions (… ${history.slice(-12).join(", ")}):\n  ${wrong.join("\n  ")}`,
  )
  if (rounds === 1) console.log(`${history.join(", ")}\n${evidence.join("\n")}`)
}
process.stderr.write("\r")
console.log(`${rounds} rounds from seed ${first}: ${bad} went wrong`)
process.exitCode = bad > 0 ? 1 : 0
