import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { stringify } from "yaml"
import { playbook as playbookSchema } from "../../core/index.ts"
import { parsePlaybooks } from "./file.ts"
import { playbookSentence } from "./sentence.ts"
import { directory } from "./testing.ts"

const words = [
  ...[
    "id",
    "name",
    "on",
    "rule",
    "policy",
    "incident",
    "stages",
    "when",
    "every",
    "mode",
    "severity",
    "enabled",
    "steps",
  ],
  ...["block", "quarantine", "status", "assign", "comment", "notify", "for", "enforcers", "enforcer", "network-acl"],
  ...["direction", "text", "__proto__", "constructor", "toString", "playbooks"],
]
const values = [
  ...[
    "attacker",
    "source",
    "destination",
    "nftables",
    "containers",
    "pause",
    "closed",
    "1h",
    "forever",
    "any",
    "automatic",
  ],
  ...["high", "inbound", "a/b", "acl-1", 'severity = "high"', "node.kind in (", "constructor", "__proto__", ""],
]
const leaf = fc.oneof(fc.constantFrom(...values), fc.integer(), fc.boolean(), fc.constant(null), fc.string())
const tree = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: "small" }, leaf, tie("list"), tie("map")),
  list: fc.array(tie("any"), { maxLength: 4 }),
  map: fc.dictionary(fc.constantFrom(...words), tie("any"), { maxKeys: 6 }),
}))

/** Almost playbooks, so that good ones are among them. */
const near = fc
  .record(
    {
      rule: fc.constantFrom<unknown>("x", 942100, "thwart/y", ""),
      enforcer: fc.constantFrom("nftables", "aws-nacl", "iptables"),
      for: fc.constantFrom<unknown>("1h", "forever", "10 min", 7),
      when: fc.constantFrom('severity = "high"', 'rules = "x" or score > 5', "severity ="),
      block: fc.constantFrom("attacker", "source", "destination", "both"),
      mode: fc.constantFrom("automatic", "interactive", "monitor", "off"),
    },
    { requiredKeys: ["rule", "enforcer"] },
  )
  .map((value) => stringify([value]))

describe("any YAML", () => {
  it("is a list of playbooks, each with a sentence, or has mistakes with places inside the text", () => {
    const seen = { ok: 0, bad: 0 }
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tree.any.map((value) => stringify(value)),
          near,
        ),
        (text) => {
          const parsed = parsePlaybooks(text, "any.yaml", directory)
          seen[parsed.kind]++
          if (parsed.kind === "ok") {
            for (const one of parsed.value) {
              expect(playbookSchema.parse(one)).toEqual(one)
              expect(playbookSentence(one)).toMatch(/^When .* → /s)
            }
            return
          }
          expect(parsed.diagnostics.length).toBeGreaterThan(0)
          const lines = text.split("\n").length
          for (const { line, column, message } of parsed.diagnostics) {
            expect(line >= 1 && line <= lines && column >= 1).toBe(true)
            expect(message).not.toBe("")
          }
        },
      ),
      { numRuns: 2000 },
    )
    // Both have to be seen, or nothing is shown.
    expect(seen.ok).toBeGreaterThan(50)
    expect(seen.bad).toBeGreaterThan(500)
  })
})
