import { setImmediate } from "node:timers/promises"
import type { Alert, Clock } from "../../core/index.ts"
import {
  type Clusterer,
  type CorrelationRules,
  type Correlator,
  clusterRuleLike,
  clusterSentence,
  createClusterer,
  createCorrelator,
  createPreview,
  type NodeFacts,
  parseCorrelationRules,
  sentenceOf,
  writtenCluster,
} from "../../correlation/index.ts"
import type { Page, Store } from "../../store/store.ts"
import { createGate } from "../auth/turns.ts"
import type {
  ClusterRuleDraft,
  CorrelationPreview,
  CorrelationRuleList,
  NewCorrelationPreview,
} from "../contract/index.ts"
import { Refusal } from "../errors.ts"

const weekMs = 7 * 86_400_000
const pageSize = 1000
// With these, a page holds everybody else up for 50 ms.
const maxRules = 100
// Less than those who ask wait; a part of the answer is better than none.
const longestMs = 20_000

/** The intent and clustering rules that run here, and what others would have made. */
export interface CorrelationBook {
  rules(): CorrelationRuleList
  /** A clustering rule for alerts like this one, which runs nowhere. */
  like(alert: Alert): ClusterRuleDraft
  preview(request: NewCorrelationPreview): Promise<CorrelationPreview>
  /** Those that run. */
  readonly running: CorrelationRules
  /** A correlation of its own by other rules, or by those that run, for whoever looks back; it knows of nodes what is known now. */
  begin(rules?: CorrelationRules): { readonly correlator: Correlator; readonly clusterer: Clusterer }
}

export interface CorrelationBookDeps {
  readonly store: Pick<Store, "alerts">
  readonly clock: Clock
  readonly facts: NodeFacts
  /** Those that run. */
  readonly running: CorrelationRules
}

export function createCorrelationBook({ store, clock, facts, running }: CorrelationBookDeps): CorrelationBook {
  // Each takes a core for seconds, and memory for what it remembers.
  const gate = createGate({ atOnce: 1, waiting: 2 })

  const run = async (rules: CorrelationRules, request: NewCorrelationPreview): Promise<CorrelationPreview> => {
    const started = clock.now()
    const { since = started - weekMs, until = started, limit } = request
    const previewing = createPreview(rules, { facts })
    let [cursor, read, whole]: [string | undefined, number, boolean] = [undefined, 0, false]
    while (!whole && read < limit && clock.now() - started < longestMs) {
      const page: Page<Parameters<typeof previewing.take>[0][number]> = await store.alerts({
        ...{ since, until, cursor },
        order: "oldest",
        limit: Math.min(pageSize, limit - read),
      })
      previewing.take(page.items)
      read += page.items.length
      cursor = page.next
      whole = cursor === undefined
      // The same thread answers everybody else.
      await setImmediate()
    }
    const result = previewing.result()
    return {
      kind: "ok",
      ...result,
      whole,
      rules: [...result.rules],
      incidents: [...result.incidents],
      clusters: [...result.clusters],
    }
  }

  return {
    rules: () => ({
      items: [
        ...running.rules.map((rule) => ({ kind: "intent", ...shown(rule), sentence: sentenceOf(rule) }) as const),
        ...running.clusters.map(
          (rule) => ({ kind: "cluster", ...shown(rule), sentence: clusterSentence(rule) }) as const,
        ),
      ],
    }),
    like: (alert) => {
      const rule = clusterRuleLike(alert, { id: `local/like-${alert.classtype}` })
      return { rules: writtenCluster(rule), sentence: clusterSentence(rule) }
    },
    preview: async (request) => {
      const parsed = parseCorrelationRules(request.rules, request.file)
      if (parsed.kind === "bad") return { kind: "bad", diagnostics: [...parsed.diagnostics] }
      const count = parsed.value.rules.length + parsed.value.clusters.length
      if (count > maxRules)
        throw new Refusal(400, "INVALID", `a preview takes ${maxRules} rules at once at most, and these are ${count}`)
      const found = await gate(() => run(parsed.value, request))
      if (found === undefined) throw new Refusal(503, "BUSY", "other previews are under way; try again in a moment")
      return found
    },
    running,
    begin: ({ rules, clusters } = running) => ({
      correlator: createCorrelator(rules.filter(isOn), { facts }),
      clusterer: createClusterer(clusters.filter(isOn)),
    }),
  }
}

const isOn = ({ enabled }: { readonly enabled: boolean }) => enabled

type Shown = Pick<CorrelationRules["rules"][number], "id" | "title" | "description" | "sources" | "enabled">

function shown({ id, title, description, sources, enabled }: Shown) {
  return { id, title, description, sources: [...sources], enabled }
}
