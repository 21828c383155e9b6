import {
  type CorrelationBook,
  createCorrelationBook,
  createVulnerabilityBook,
  type VulnerabilityBook,
} from "../../api/index.ts"
import type { Clock, Ids } from "../../core/index.ts"
import {
  type Clusterer,
  type Correlator,
  createClusterer,
  createCorrelator,
  createKnownVulnerabilities,
  loadCorrelationRules,
} from "../../correlation/index.ts"
import type { Store } from "../../store/index.ts"
import { restoreCorrelation } from "../restore.ts"
import { intentRulesOr, yamlFilesOnDisk } from "../rule-files.ts"

/** What joins alerts, and the books that people read of it. */
export interface Correlation {
  readonly correlator: Correlator
  readonly clusterer: Clusterer
  readonly correlation: CorrelationBook
  readonly vulnerabilities: VulnerabilityBook
}

export interface CorrelationDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly store: Store
}

export type CorrelationRules = ReturnType<typeof readCorrelationRules>

/** Throws for rules that can't be read, with every mistake; nothing is open yet when it does. */
export function readCorrelationRules(paths: readonly string[]) {
  return loadCorrelationRules(intentRulesOr(paths), yamlFilesOnDisk)
}

/** Goes on where the last run was: reads again what still counts. */
export async function startCorrelation(
  { clock, ids, store }: CorrelationDeps,
  rules: CorrelationRules,
): Promise<Correlation> {
  const known = createKnownVulnerabilities()
  const vulnerabilities = createVulnerabilityBook({ store, clock, ids, known })
  await vulnerabilities.start()
  const correlator = createCorrelator(rules.rules, { facts: known })
  const clusterer = createClusterer(rules.clusters)
  await restoreCorrelation(store, { correlator, clusterer }, clock.now())
  const correlation = createCorrelationBook({ store, clock, facts: known, running: rules })
  return { correlator, clusterer, correlation, vulnerabilities }
}
