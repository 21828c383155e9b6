import type { Readable } from "node:stream"
import type { EventPlace, EventTestEvents, EventTestOptions, EventTestReport, EventTools } from "../cli/index.ts"
import {
  createIds,
  type EventObservation,
  type EventType,
  eventTypes,
  messageOf,
  systemClock,
  ThwartError,
} from "../core/index.ts"
import {
  checkEventRules,
  cloneEventRule,
  createEventEvaluator,
  type EventEvaluator,
  eventRuleSentence,
  loadEventRules,
} from "../detection/index.ts"
import { nearest } from "../filter/index.ts"
import { createEventSensor, sniffFormat } from "../sensors/index.ts"
import { openBytes } from "../sensors/input/index.ts"
import { thisNode } from "./node.ts"
import { eventRulesOr, yamlFilesOnDisk } from "./rule-files.ts"
import { openStandardInput } from "./standard-input.ts"

const standardInput = "-"

/** The tools of authors of event rules; `input` opens standard input. */
export function createEventTools(input: () => Readable): EventTools {
  return {
    check: (paths) => {
      const { rules, files, diagnostics } = checkEventRules(eventRulesOr(paths), yamlFilesOnDisk)
      return {
        rules: rules.map((rule) => ({
          id: rule.id,
          name: rule.name,
          severity: rule.severity,
          enabled: rule.enabled,
          sentence: eventRuleSentence(rule),
        })),
        files,
        diagnostics,
      }
    },
    clone: (id, as, paths) => {
      const { rules } = loadEventRules(eventRulesOr(paths), yamlFilesOnDisk)
      const rule = rules.find((one) => one.id === id)
      if (rule === undefined) {
        const meant = nearest(
          id,
          rules.map((one) => one.id),
        )
        const hint = meant === undefined ? "" : `; did you mean ${meant}?`
        throw new ThwartError("THWART_NOT_FOUND", `there is no event rule "${id}"${hint}`)
      }
      const cloned = cloneEventRule(rule, as)
      if (cloned.kind === "ok") return cloned.value
      throw new ThwartError("THWART_USAGE", cloned.diagnostics.map(({ message }) => message).join("; "))
    },
    test: (options, on, signal) => test({ options, on, signal, input }),
  }
}

interface Test {
  readonly options: EventTestOptions
  readonly on: EventTestEvents
  readonly signal: AbortSignal
  readonly input: () => Readable
}

async function test({ options, on, signal, input }: Test): Promise<EventTestReport> {
  const ids = createIds(systemClock)
  const { rules } = loadEventRules(eventRulesOr(options.rules), yamlFilesOnDisk)
  const evaluator = createEventEvaluator({
    ids,
    rules: options.all ? rules.map((rule) => ({ ...rule, enabled: true })) : rules,
  })
  const look = createLook(evaluator, options.explain, on)
  const files: { file: string; format: string; events: number }[] = []
  const skipped = new Map<string, number>()
  for (const file of options.events) {
    if (signal.aborted) break
    try {
      const format = await formatOf(file, options.format)
      const sensor = createEventSensor(
        { ids, open: file === standardInput ? async () => openStandardInput(input()) : openBytes },
        { file, format, node: thisNode(null), onUnread: ({ line, reason }) => on.onUnread({ file, line, reason }) },
      )
      await sensor.run((observation) => {
        if (observation.kind === "event") look.at(observation, file)
      }, signal)
      const status = sensor.status()
      files.push({ file, format, events: status.observations })
      for (const [reason, count] of Object.entries(status.skipped))
        skipped.set(reason, (skipped.get(reason) ?? 0) + count)
    } catch (error) {
      const code = error instanceof ThwartError ? error.code : "THWART_FILE_UNREADABLE"
      on.onProblem({ file, code, message: messageOf(error) })
    }
  }
  return {
    ...look.counts(),
    files,
    skipped: Object.fromEntries(skipped),
    rules: [...evaluator.counts()].map(([rule, counts]) => ({ rule, ...counts })),
    evicted: evaluator.status().evicted,
  }
}

function createLook(evaluator: EventEvaluator, explained: number | undefined, on: EventTestEvents) {
  let [events, alerts] = [0, 0]
  return {
    at: (event: EventObservation, file: string) => {
      const place: EventPlace = { event: ++events, file, line: event.origin?.line ?? 0 }
      const judgements = events === explained ? evaluator.judge(event) : []
      for (const { rule, outcome, why } of judgements) on.onExplained({ ...place, rule, outcome, why })
      const raised = events === explained ? judgements.flatMap(({ alert }) => alert ?? []) : evaluator.look(event)
      alerts += raised.length
      for (const alert of raised) on.onAlert({ ...place, alert })
    },
    counts: () => ({ events, alerts }),
  }
}

async function formatOf(file: string, given: string | undefined): Promise<EventType> {
  const known = eventTypes.find((type) => type === given)
  if (known !== undefined) return known
  if (file === standardInput)
    throw new ThwartError("THWART_USAGE", "what comes by standard input is said with --format")
  const format = await sniffFormat(file)
  const type = eventTypes.find((one) => one === format)
  if (type !== undefined) return type
  throw new ThwartError(
    "THWART_FORMAT_UNKNOWN",
    `"${file}" holds no records of Linux audit, Falco, Tetragon or CloudTrail; if it does, say which with --format`,
  )
}

export const eventTools: EventTools = createEventTools(() => process.stdin)
