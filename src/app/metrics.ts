import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client"
import type { Bus } from "../bus/index.ts"
import type { Recommendation } from "../core/index.ts"
import type { Reconciler } from "../enforcers/index.ts"
import type { SensorStatus } from "../sensors/sensor.ts"

export interface MetricsDeps {
  readonly bus: Bus
  readonly sensors: () => readonly { readonly id: string; readonly status: SensorStatus }[]
  readonly enforcers: () => readonly { readonly id: string; readonly status: ReturnType<Reconciler["status"]> }[]
  readonly recommendations: () => readonly Pick<Recommendation, "policy" | "pending" | "notKept">[]
  readonly eventRules: EventRuleFigures
}

/** What is told of event rules. */
export interface EventRuleFigures {
  counts(): ReadonlyMap<string, Readonly<Record<string, number>>>
  status(): { readonly keys: number; readonly evicted: number }
}

export interface Metrics {
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>
  close(): void
}

/** Everything that Prometheus may ask, declared in one place. Labels are ids of ours alone: an attacker can't make new series. */
export function createMetrics({ bus, sensors, enforcers, recommendations, eventRules }: MetricsDeps): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const alerts = new Counter({
    name: "thwart_alerts_total",
    help: "Alerts stored, by intent and severity",
    labelNames: ["intent", "severity"],
    registers,
  })
  const incidents = new Counter({
    name: "thwart_incident_changes_total",
    help: "Incidents opened or changed",
    registers,
  })
  const countermeasures = new Counter({
    name: "thwart_countermeasure_changes_total",
    help: "Countermeasures made or changed",
    registers,
  })
  new Gauge({
    name: "thwart_sensor_observations",
    help: "Observations of each sensor since start",
    labelNames: ["sensor"],
    registers,
    collect() {
      for (const { id, status } of sensors()) this.set({ sensor: id }, status.observations)
    },
  })
  new Gauge({
    name: "thwart_sensor_dropped",
    help: "What each sensor lost before it could be looked at",
    labelNames: ["sensor"],
    registers,
    collect() {
      for (const { id, status } of sensors()) this.set({ sensor: id }, status.dropped)
    },
  })
  new Gauge({
    name: "thwart_proposals_pending",
    help: "What waits for a person's decision, by policy",
    labelNames: ["policy"],
    registers,
    collect() {
      this.reset()
      for (const { policy, pending } of recommendations()) this.set({ policy }, pending)
    },
  })
  new Gauge({
    name: "thwart_proposals_not_kept",
    help: "What was proposed beyond the limit of pending proposals, by policy",
    labelNames: ["policy"],
    registers,
    collect() {
      this.reset()
      for (const { policy, notKept } of recommendations()) this.set({ policy }, notKept)
    },
  })
  new Gauge({
    name: "thwart_enforcer_entries",
    help: "Entries in each enforcer's target",
    labelNames: ["enforcer"],
    registers,
    collect() {
      for (const { id, status } of enforcers()) this.set({ enforcer: id }, status.entries)
    },
  })
  new Gauge({
    name: "thwart_enforcer_failing",
    help: "1 while an enforcer's target can't be read or written",
    labelNames: ["enforcer"],
    registers,
    collect() {
      for (const { id, status } of enforcers()) this.set({ enforcer: id }, status.state === "ok" ? 0 : 1)
    },
  })
  tellEventRules(eventRules, registers)
  const subscriptions = [
    bus.subscribe("alert", ({ intent, severity }) => alerts.inc({ intent, severity })),
    bus.subscribe("incident", () => incidents.inc()),
    bus.subscribe("countermeasure", () => countermeasures.inc()),
  ]
  return {
    scrape: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    close: () => {
      for (const end of subscriptions) end()
    },
  }
}

function tellEventRules({ counts, status }: EventRuleFigures, registers: Registry[]): void {
  new Gauge({
    name: "thwart_event_rule_events",
    help: "Events that each event rule matched since start, by what became of them",
    labelNames: ["rule", "outcome"],
    registers,
    collect() {
      for (const [rule, outcomes] of counts())
        for (const [outcome, count] of Object.entries(outcomes)) this.set({ rule, outcome }, count)
    },
  })
  new Gauge({
    name: "thwart_event_rule_keys",
    help: "Keys whose events are counted now",
    registers,
    collect() {
      this.set(status().keys)
    },
  })
  new Gauge({
    name: "thwart_event_rule_keys_evicted",
    help: "Keys that were forgotten since start to bound the memory",
    registers,
    collect() {
      this.set(status().evicted)
    },
  })
}
