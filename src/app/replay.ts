import type { ReplayEvents, ReplayOptions, ReplaySummary } from "../cli/index.ts"
import {
  type Alert,
  createIds,
  type Incident,
  type IncidentId,
  messageOf,
  type Observation,
  parseCidr,
  type RuleId,
  systemClock,
  ThwartError,
} from "../core/index.ts"
import { createClusterer, createCorrelator, loadCorrelationRules } from "../correlation/index.ts"
import { createDetector, createEventEvaluator, loadEventRules, loadRules } from "../detection/index.ts"
import { createFileSensor } from "../sensors/index.ts"
import { createInspect } from "./inspect.ts"
import { thisNode } from "./node.ts"
import { chosenRules } from "./rule-choice.ts"
import { eventRulesOr, intentRulesOr, yamlFilesOnDisk } from "./rule-files.ts"

// Incidents told of: each is a few KiB, and a person reads far fewer.
const maxIncidents = 10_000

/** Runs files through detection and correlation, in memory and in their own time; nothing is stored and nobody is blocked. */
export async function replay(
  { files, homeNets, eventRules, intentRules, ...choice }: ReplayOptions,
  on: ReplayEvents,
  signal: AbortSignal,
): Promise<ReplaySummary> {
  const ids = createIds(systemClock)
  const node = thisNode(null)
  const detector = createDetector({
    ids,
    rules: loadRules(...chosenRules(choice)),
  })
  const events = createEventEvaluator({
    ids,
    rules: loadEventRules(eventRulesOr(eventRules), yamlFilesOnDisk).rules,
  })
  const inspect = createInspect(detector, events)
  const { rules, clusters } = loadCorrelationRules(intentRulesOr(intentRules), yamlFilesOnDisk)
  const correlator = createCorrelator(rules)
  const clusterer = createClusterer(clusters)
  const home = homeNets.map((text) => parseCidr(text) ?? refuse(text))
  const incidents = new Map<IncidentId, Incident>()
  const matched = new Map<RuleId, number>()
  const read: { file: string; observations: number; skipped: Readonly<Record<string, number>> }[] = []
  let [observations, alerts] = [0, 0]

  const look = (observation: Observation) => {
    observations++
    for (const alert of inspect(observation)) {
      take(alert)
      for (const made of clusterer.onAlert(alert)) take(made)
    }
  }

  const take = (alert: Alert) => {
    alerts++
    for (const { rule } of alert.contributions) matched.set(rule, (matched.get(rule) ?? 0) + 1)
    on.onAlert(alert)
    note(correlator.onAlert(alert))
  }

  const note = (told: readonly Incident[]) => {
    for (const incident of told)
      if (incidents.size < maxIncidents || incidents.has(incident.id)) incidents.set(incident.id, incident)
  }

  for (const file of files) {
    if (signal.aborted) break
    try {
      const onProgress = (progress: { bytesRead: number; bytesTotal: number }) => on.onProgress({ file, ...progress })
      const sensor = await createFileSensor(
        { ids },
        { file, node, onProgress, ...(home.length > 0 ? { homeNets: home } : {}) },
      )
      await sensor.run(look, signal)
      const { observations: seen, skipped } = sensor.status()
      read.push({ file, observations: seen, skipped })
    } catch (error) {
      on.onProblem({
        file,
        code: error instanceof ThwartError ? error.code : "THWART_FILE_UNREADABLE",
        message: messageOf(error),
      })
    }
  }
  note(correlator.onTime(Number.POSITIVE_INFINITY))
  return {
    incidents: [...incidents.values()].sort((one, other) => one.startedAt - other.startedAt),
    files: read,
    observations,
    alerts,
    rules: matched,
  }
}

function refuse(text: string): never {
  throw new ThwartError("THWART_ADDRESS_INVALID", `"${text}" is not an address or a prefix`)
}
