import { readFileSync } from "node:fs"
import { join } from "node:path"
import { shippedEventRules, yamlFilesOnDisk } from "../src/app/rule-files.ts"
import { createIds, nodeRef, systemClock } from "../src/core/index.ts"
import { createEventEvaluator, enableLinearRegexFallback, loadEventRules } from "../src/detection/index.ts"
import { createEventSensor } from "../src/sensors/index.ts"
import type { Bench, Figure } from "./figure.ts"

const rounds = Number(process.env.THWART_BENCH_EVENT_ROUNDS ?? 5000)
const examples = join(import.meta.dirname, "..", "examples", "events")
const files = [
  ["audit", "audit.log"],
  ["falco", "falco.jsonl"],
  ["tetragon", "tetragon.jsonl"],
] as const

/** Records from memory through their sensor, and through that and the rules that come with Thwart. */
export const events: Bench = async (onProgress) => {
  enableLinearRegexFallback()
  const ids = createIds(systemClock)
  const { rules } = loadEventRules([shippedEventRules], yamlFilesOnDisk)
  const figures: Figure[] = []
  for (const [format, file] of files) {
    onProgress(format)
    const one = readFileSync(join(examples, file))
    for (const judged of [false, true]) {
      const evaluator = createEventEvaluator({ ids, rules })
      const node = nodeRef.parse({ id: "bench", kind: "host", name: "bench" })
      const sensor = createEventSensor({ ids, open: async () => repeated(one) }, { file, format, node })
      const before = process.cpuUsage()
      await sensor.run((observation) => {
        if (judged && observation.kind === "event") evaluator.look(observation)
      }, new AbortController().signal)
      const { user, system } = process.cpuUsage(before)
      const value = sensor.status().observations / ((user + system) / 1e6)
      figures.push({
        what: `${format} records${judged ? `, held against ${rules.length} rules` : ""}`,
        value,
        unit: "1/CPU-s",
      })
    }
  }
  return figures
}

function repeated(bytes: Buffer) {
  return {
    bytesTotal: bytes.length * rounds,
    bytesRead: () => 0,
    problem: () => null,
    close: async () => undefined,
    chunks: async function* () {
      for (let round = 0; round < rounds; round++) yield bytes
    },
  }
}
