import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { z } from "zod"
import { shippedEventRules, yamlFilesOnDisk } from "../src/app/rule-files.ts"
import { createIds, createManualClock, type EventType, isEventField } from "../src/core/index.ts"
import { eventOf, type Values } from "../src/detection/events/testing/samples.ts"
import { checkEventRules, createEventEvaluator } from "../src/detection/index.ts"
import { examples, readEvents } from "../src/sensors/events/testing.ts"

const ids = createIds(createManualClock(1_700_000_000_000))

const fields = z.record(
  z.string().refine(isEventField),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]),
)
const oneOrMore = z.union([fields.transform((one) => [one]), z.array(fields)])
const table = z
  .array(z.strictObject({ rule: z.string(), match: z.array(oneOrMore).min(1), pass: z.array(oneOrMore).min(1) }))
  .parse(parse(readFileSync(join(import.meta.dirname, "..", "rules", "tests", "events.yaml"), "utf8")))

const { rules, diagnostics } = checkEventRules([shippedEventRules], yamlFilesOnDisk)
// Each case is a world of its own; those that are turned off have to be right too.
const raisedBy = (events: readonly object[], tested: string) => {
  const evaluator = createEventEvaluator({
    ids,
    rules: rules.map((rule) => ({ ...rule, enabled: rule.enabled || rule.id === tested })),
  })
  // The cast holds: the names of the fields were checked, and what is of another type matches nothing.
  return events
    .flatMap((values) => evaluator.look(eventOf(values as Values)))
    .map(({ contributions }) => contributions[0]?.rule as string)
}

describe("the event rules that ship", () => {
  it("load without a diagnostic, and say where they are from", () => {
    expect(diagnostics).toEqual([])
    expect(rules).toHaveLength(12)
    for (const { id, sources, technique, tactic } of rules) {
      expect(sources.length, id).toBeGreaterThan(0)
      // What Falco found may be anything.
      if (id === "thwart/falco-alert") continue
      expect(technique, id).not.toBe(null)
      expect(tactic, id).not.toBe(null)
      expect(sources.join(" "), id).toContain(`https://attack.mitre.org/techniques/${technique?.replace(".", "/")}/`)
    }
  })

  it("each have a case that must match and one that must not", () => {
    expect(table.map(({ rule }) => rule).sort()).toEqual(rules.map(({ id }) => id as string).sort())
  })

  it("match what they must", () => {
    let ran = 0
    for (const { rule, match } of table)
      for (const events of match) {
        ran++
        expect(raisedBy(events, rule), JSON.stringify(events)).toContain(rule)
      }
    expect(ran).toBe(34)
  })

  it("raise no alert for what they must let pass", () => {
    let ran = 0
    for (const { rule, pass } of table)
      for (const events of pass) {
        ran++
        expect(raisedBy(events, rule), `${rule}: ${JSON.stringify(events)}`).toEqual([])
      }
    expect(ran).toBe(48)
  })

  it("find what is in the examples, and nothing else", async () => {
    const expected: Readonly<Record<EventType, readonly string[]>> = {
      audit: [
        "reverse-shell: Reverse shell: /usr/bin/bash of user 33 speaks with 198.51.100.7:4444",
        "account-file-written: /usr/bin/tee of user root wrote /etc/passwd",
        "audit-stopped: ada stopped the audit log with /usr/bin/sudo",
        "authorized-keys-written: /usr/bin/bash of user root wrote /root/.ssh/authorized_keys",
      ],
      falco: [
        "reverse-shell: Reverse shell: /usr/bin/bash of user www-data speaks with 198.51.100.7:4444",
        "container-drift: Container shop runs /tmp/kinsing, which is not in its image",
        "account-file-written: /usr/bin/vim of user root wrote /etc/passwd",
      ],
      tetragon: [
        "reverse-shell: Reverse shell: /usr/bin/bash of user 33 speaks with 198.51.100.7:4444",
        "authorized-keys-written: /usr/bin/tee of user root wrote /root/.ssh/authorized_keys",
        "container-drift: Container shop runs /memfd:x (deleted), which is not in its image",
      ],
      cloudtrail: [
        "root-login-without-mfa: Root of account 111122223333 signed in from 203.0.113.50 without a second factor",
        "cloudtrail-stopped: ada called StopLogging on arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
        "security-group-opened: deploy opened sg-0a1b2c3d to 0.0.0.0/0, ::/0",
      ],
    }
    for (const [format, file] of [
      ["audit", "audit.log"],
      ["falco", "falco.jsonl"],
      ["tetragon", "tetragon.jsonl"],
      ["cloudtrail", "cloudtrail.json"],
    ] as const) {
      const evaluator = createEventEvaluator({ ids, rules })
      const { events } = await readEvents(join(examples, file), format)
      const told = events
        .flatMap(evaluator.look)
        .map(({ contributions, title }) => `${contributions[0]?.rule.replace("thwart/", "")}: ${title}`)
      expect(told, format).toEqual(expected[format])
    }
  })
})

describe("hostile values", () => {
  it("end soon at every rule, whatever they repeat", () => {
    const repeated = [
      "a",
      "/",
      "sh",
      "/bash",
      "service stop ",
      "systemctl stop",
      "auditctl  ",
      "pkill ",
      ".ssh/authorized_keys",
      "/etc/",
      "{{exe}}",
      "%",
      "\\",
      "\u001b[",
    ]
    const evaluator = createEventEvaluator({ ids, rules: rules.map((rule) => ({ ...rule, enabled: true })) })
    let ran = 0
    for (const piece of repeated) {
      const value = piece.repeat(Math.ceil(8192 / piece.length))
      const names = ["exe", "command", "file.path", "user", "message", "rule", "host", "cloud.identity"] as const
      const values = Object.fromEntries(names.map((name) => [name, value]))
      for (const action of ["execve", "connect", "user_login", "ConsoleLogin"])
        evaluator.look(eventOf({ ...values, action, category: "process", "file.write": true, success: false }))
      ran++
    }
    expect(ran).toBe(14)
    expect(evaluator.status().evicted).toBe(0)
  })
})

describe("the rule that asked for the language", () => {
  it("raises one alert for each program, user and address, and not for what stays on the machine", async () => {
    const outbound = rules
      .filter(({ id }) => id === "thwart/outbound-connection")
      .map((rule) => ({ ...rule, enabled: true }))
    const evaluator = createEventEvaluator({ ids, rules: outbound })
    const { events } = await readEvents(join(examples, "audit.log"), "audit")
    const titles = [...events, ...events].flatMap(evaluator.look).map(({ title }) => title.replace(/^.*WAN: /, ""))
    expect(titles).toEqual([
      "/usr/bin/curl ran by user ada connected to 203.0.113.9",
      "/usr/bin/bash ran by user 33 connected to 198.51.100.7",
      "/usr/lib/jvm/java-21/bin/java ran by user shop connected to 203.0.113.9",
    ])
  })
})
