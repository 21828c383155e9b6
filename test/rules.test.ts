import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { z } from "zod"
import { ruleFilesOnDisk } from "../src/app/rule-files.ts"
import { address, createIds, createManualClock, type HttpObservation, nodeId } from "../src/core/index.ts"
import { createDetector, loadRules } from "../src/detection/index.ts"

const folder = join(import.meta.dirname, "..", "rules")
const ids = createIds(createManualClock(1_700_000_000_000))

const exchange = z.strictObject({
  get: z.string().optional(),
  post: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  type: z.string().optional(),
  body: z.string().default(""),
  status: z.int().default(200),
  answer: z.string().default(""),
})
const cases = z.array(
  z.strictObject({ rule: z.int(), match: z.array(exchange).min(1), pass: z.array(exchange).min(1) }),
)
const table = cases.parse(parse(readFileSync(join(folder, "tests", "starter.yaml"), "utf8")))

function observationOf({ get, post, headers, type, body, status, answer }: z.output<typeof exchange>): HttpObservation {
  const named = {
    Host: "shop.example",
    "User-Agent": "Mozilla/5.0 Firefox/143.0",
    ...headers,
    ...(type === undefined ? {} : { "Content-Type": type }),
  }
  return {
    kind: "http",
    id: ids.observation(),
    at: 1_700_000_000_000,
    sensor: "test",
    node: { id: nodeId.parse("shop"), kind: "host", name: "shop" },
    direction: "inbound",
    source: { address: address("203.0.113.66"), port: 40000 },
    destination: { address: address("192.0.2.1"), port: 80 },
    origin: null,
    malformed: [],
    request: {
      method: get === undefined ? "POST" : "GET",
      target: get ?? post ?? "/",
      protocol: "HTTP/1.1",
      headers: Object.entries(named).map(([name, value]) => ({ name, value })),
      body,
      bodyTruncated: false,
    },
    response: { protocol: "HTTP/1.1", status, reason: "OK", headers: [], body: answer, bodyTruncated: false },
  }
}

describe("the starter rules", () => {
  const rules = loadRules([folder], ruleFilesOnDisk)
  const detector = createDetector({ ids, rules })
  const rulesOf = (observation: HttpObservation) =>
    detector.inspect(observation)?.contributions.map(({ rule }) => rule as string) ?? []

  it("load without a diagnostic", () => {
    expect(rules.diagnostics).toEqual([])
  })

  it("each have a case that must match and one that must not", () => {
    const loaded = detector.rules.map(({ id }) => id).filter((id) => /^\d+$/.test(id))
    expect(table.map(({ rule }) => String(rule)).sort()).toEqual([...loaded].sort())
    expect(loaded).toHaveLength(25)
  })

  it("match what they must", () => {
    let ran = 0
    const missed = table.flatMap(({ rule, match }) =>
      match.flatMap((one) => {
        ran++
        return rulesOf(observationOf(one)).includes(String(rule)) ? [] : [`${rule}: ${JSON.stringify(one)}`]
      }),
    )
    expect(missed).toEqual([])
    expect(ran).toBe(69)
  })

  it("raise no alert for what they must let pass", () => {
    let ran = 0
    const raised = table.flatMap(({ pass }) =>
      pass.flatMap((one) => {
        ran++
        const rules = rulesOf(observationOf(one))
        return rules.length === 0 ? [] : [`${rules.join()}: ${JSON.stringify(one)}`]
      }),
    )
    expect(raised).toEqual([])
    expect(ran).toBe(51)
  })

  it("end on hostile values of 100 KB, whatever they repeat", () => {
    const repeated = [
      "'",
      "' or ",
      "<a ",
      "<script ",
      "../",
      "${",
      "${${",
      "; ",
      "union select ",
      "<?php system(",
      "<% ",
      "(",
      "%2e%2e/",
      "\\",
      "a=",
      "/**/",
      "'or'or'or",
      "-----BEGIN ",
      "root:",
      "() {",
      "uid=1(",
    ]
    let ran = 0
    for (const piece of repeated) {
      const value = piece.repeat(Math.ceil(100_000 / piece.length))
      detector.inspect(
        observationOf(
          exchange.parse({
            post: `/?q=${encodeURIComponent(value.slice(0, 20_000))}`,
            type: "application/x-www-form-urlencoded",
            body: `q=${value}`,
            answer: value,
            headers: { "User-Agent": value.slice(0, 8000), Cookie: `a=${value.slice(0, 8000)}` },
          }),
        ),
      )
      ran++
    }
    expect(ran).toBe(21)
  })
})
