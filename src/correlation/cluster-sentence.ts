import { type AlertField, alertFields, durationInWords } from "../core/index.ts"
import type { ClusterRule } from "./cluster-rule.ts"
import { listed, withCriteria } from "./sentence.ts"

const places: Readonly<Record<ClusterRule["scope"], string>> = {
  host: " on one host",
  container: " on one container",
  image: " on containers of one image",
  pod: " on one pod",
  everywhere: " everywhere",
}

/** The rule as an English sentence. */
export function clusterSentence(rule: ClusterRule): string {
  const { name, title, scope, count, distinct, groupBy, severity, windowMs } = rule
  const which = withCriteria(rule)
  const many =
    distinct === null
      ? `${count} alerts${which}`
      : `alerts${which}${which === "" ? " with" : " and"} ${count} different values of the ${labelOf(distinct)}`
  const same = groupBy.length === 0 ? "" : ` and the same ${listed(groupBy.map(labelOf), "and")}`
  const grave = severity === null ? "of the highest of their severities" : `of ${severity} severity`
  return `When there are ${many}${places[scope]}${same} within ${durationInWords(windowMs)}, make one alert "${title}" of them, with classtype ${name}, ${grave}.`
}

const labelOf = (field: AlertField) => alertFields.get(field)?.label ?? field
