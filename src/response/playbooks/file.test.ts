import { describe, expect, it } from "vitest"
import { checkPlaybooks, loadPlaybooks, parsePlaybooks } from "./file.ts"
import { playbookSentence } from "./sentence.ts"
import { directory, playbooksOf } from "./testing.ts"

const whole = `
playbooks:
  - id: shop/web-shell
    name: Answer a web shell
    mode: automatic
    on: { rule: 950700 }
    severity: high
    when: source.address != "10.0.0.0/8"
    every: 30m
    steps:
      - block: source
        for: 2h
        enforcers: [nftables, aws-nacl:acl-0123456789abcdef0]
      - block: destination
        for: forever
      - quarantine: isolate
        when: node.kind = "container" and severity = "critical"
      - status: contained
      - assign: ada
      - comment: "web shell: look at the uploads"
`

describe("playbooks in YAML", () => {
  it("are read with their defaults, and each is a sentence", () => {
    const [playbook] = playbooksOf(whole)
    expect(playbook).toMatchObject({
      id: "shop/web-shell",
      enabled: true,
      mode: "automatic",
      on: { kind: "alert", rule: "950700" },
      everyMs: 1_800_000,
      steps: [
        { kind: "block", end: "source", direction: "inbound", forMs: 7_200_000 },
        { kind: "block", end: "destination", direction: "outbound", forMs: null, enforcers: [] },
        { kind: "quarantine", action: "isolate", forMs: 3_600_000 },
        { kind: "status", status: "contained" },
        { kind: "assign", to: "ada" },
        { kind: "comment", text: "web shell: look at the uploads" },
      ],
    })
    expect(playbook && playbookSentence(playbook)).toBe(
      "When the rule 950700 raises an alert of severity high or graver and the source address is outside 10.0.0.0/8 → " +
        "block the source for 2 hours with nftables and aws-nacl:acl-0123456789abcdef0; " +
        "then block the destination (what is sent to it) until someone ends it; " +
        'then if the kind of node is "container" and the severity is "critical", isolate the node from its networks for 1 hour; ' +
        'then call the incident contained; then assign the incident to ada; then note on the incident "web shell: look at the uploads"',
    )
  })

  const lines = [
    [
      "- { rule: thwart/ssh-bruteforce, network-acl: acl-0123456789abcdef0 }",
      "thwart/ssh-bruteforce/aws-nacl-acl-0123456789abcdef0",
      "When the rule thwart/ssh-bruteforce raises an alert of any severity → block the attacker for 1 hour with aws-nacl:acl-0123456789abcdef0",
    ],
    [
      "{ rule: 942100, enforcer: nftables, for: 10m, mode: automatic, severity: high }",
      "942100/nftables",
      "When the rule 942100 raises an alert of severity high or graver → block the attacker for 10 minutes with nftables",
    ],
    [
      "playbooks: [{ policy: thwart/contain-chain, enforcer: nftables, id: again }]",
      "again",
      "When the policy thwart/contain-chain decides about any severity → block the attacker for 1 hour with nftables",
    ],
    [
      "- { incident: any, stages: 3, network-acl: acl-0123456789abcdef0, block: attacker }",
      "any-incident/aws-nacl-acl-0123456789abcdef0",
      "When an incident has at least 3 stages and is of any severity → block the attacker for 1 hour with aws-nacl:acl-0123456789abcdef0",
    ],
  ] as const
  it("are one line: what is watched, and what blocks", () => {
    expect(lines).toHaveLength(4)
    for (const [text, id, sentence] of lines) {
      const [playbook] = playbooksOf(text)
      expect(playbook?.id).toBe(id)
      expect(playbook && playbookSentence(playbook)).toBe(sentence)
      expect(playbook?.mode).toBe(text.includes("automatic") ? "automatic" : "interactive")
    }
  })

  const mistakes: readonly (readonly [text: string, ...expected: readonly string[]])[] = [
    [
      `id: a\non: { rule: x }\nsteps:\n  - block: attacker\n    enforcers: [nftables, iptables, aws-waf, containers, "aws-nacl:acl-9"]`,
      '5:27 PLAYBOOK_ENFORCER_UNKNOWN steps.0.enforcers.1: there is no enforcer "iptables"; there are: nftables, aws-waf, aws-nacl; did you mean nftables?',
      '5:37 PLAYBOOK_ENFORCER_NOT_CONFIGURED steps.0.enforcers.2: the enforcer "aws-waf" is known, but not configured (configured: nftables, aws-nacl:eu-central-1/acl-0123456789abcdef0, containers); add it to "enforcers" in thwart.yaml',
      '5:46 PLAYBOOK_ENFORCER steps.0.enforcers.3: the enforcer "containers" quarantines nodes and blocks no addresses',
      '5:58 PLAYBOOK_ENFORCER_NOT_CONFIGURED steps.0.enforcers.4: the enforcer "aws-nacl:acl-9" is known, but not configured (configured: nftables, aws-nacl:eu-central-1/acl-0123456789abcdef0, containers); add it to "enforcers" in thwart.yaml',
    ],
    [
      `id: a\non: { incident: any }\nwhen: sevrity = "high"\nsteps:\n  - block: source\n  - notify: slack\n    when: >\n      incident.stages > "3"\n  - comment: x\n    when: node.kind = "container"`,
      '3:7 FILTER_UNKNOWN_FIELD when: there is no field "sevrity"; did you mean severity?',
      '5:12 PLAYBOOK_STEP steps.0.block: only an alert has a source; write "block: attacker"',
      '6:13 PLAYBOOK_TARGET steps.1.notify: "slack" can\'t be notified: no notification target is configured here',
      '8:25 FILTER_TYPE steps.1.when: expected a number, such as 443, not "3"; did you mean 3?',
      '10:11 FILTER_UNKNOWN_FIELD steps.2.when: there is no field "node.kind"',
    ],
    [
      `- id: a\n  on: { rule: x }\n  steps:\n    - blok: attacker\n    - block: attackers\n      fr: 1h\n    - { pause: node }\n    - { status: closed, for: 1h }\n    - { quarantine: explode, for: ever }\n- { rule: x, network-acl: acl-0123456789abcdef0, modus: automatic }\n- { rule: x }\n- { rule: x, policy: y, enforcer: nftables }\n- 7`,
      "4:7 YAML_INVALID 0.steps.0: it says none of: block, quarantine, status, assign, comment, notify; did you mean block instead of blok?",
      '5:14 YAML_INVALID 0.steps.1.block: Invalid option: expected one of "attacker"|"source"|"destination"',
      '6:11 YAML_INVALID 0.steps.1.fr: Unrecognized key: "fr"',
      "7:7 YAML_INVALID 0.steps.2: it says none of: block, quarantine, status, assign, comment, notify",
      '8:30 YAML_INVALID 0.steps.3.for: Unrecognized key: "for"',
      '9:21 YAML_INVALID 0.steps.4.quarantine: Invalid option: expected one of "restart"|"pause"|"stop"|"remove"|"isolate"',
      "9:35 YAML_INVALID 0.steps.4.for: a length of time such as 10m, 1h or 2d, or forever",
      '10:57 YAML_INVALID 1.modus: Unrecognized key: "modus"',
      '11:3 YAML_INVALID 2: give "steps", or on one line what blocks: one of enforcer, web-acl, network-acl, with a name',
      "12:3 YAML_INVALID 3: it says rule and policy; say one of them",
      "13:3 YAML_INVALID 4: a mapping, such as { block: attacker, for: 1h }",
    ],
    ["- { id: A B, rule: x, enforcer: nftables }", "1:9 YAML_INVALID 0.id: small letters, digits and / _ . -"],
    [
      `- { id: a, rule: x, enforcer: nftables }\n- { id: a, rule: y, enforcer: nftables }`,
      '2:9 YAML_INVALID 1.id: two playbooks have the id "a"',
    ],
    [
      `- { rule: x, network-acl: [acl-1] }\n- { rule: x, network-acl: acl-1, enforcer: nftables }`,
      '1:3 YAML_INVALID 0: give "steps", or on one line what blocks: one of enforcer, web-acl, network-acl, with a name',
      '2:3 YAML_INVALID 1: give "steps", or on one line what blocks: one of enforcer, web-acl, network-acl, with a name',
    ],
    ["playbooks: []", "1:12 YAML_INVALID playbooks: Too small: expected array to have >=1 items"],
    ["- [x", "1:5 YAML_SYNTAX Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ]
  it("tell every mistake at once, with its line and column", () => {
    expect(mistakes).toHaveLength(8)
    const all = mistakes.map(([text]) => {
      const parsed = parsePlaybooks(text, "t.yaml", directory)
      return parsed.kind === "ok"
        ? ["no mistake"]
        : parsed.diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`)
    })
    for (const [index, told] of all.entries()) {
      expect(told).toEqual(mistakes[index]?.slice(1))
    }
  })

  it("are read from files and folders; what is wrong in one of them is never run in part", () => {
    const texts = new Map([
      ["a.yaml", "- { id: a, rule: x, enforcer: nftables }"],
      ["b.yaml", "- { id: a, rule: y, enforcer: nftables }"],
      ["c.yaml", "- { id: c, rule: y, enforcer: iptables }"],
    ])
    const files = {
      list: (path: string) => (path === "all" ? [...texts.keys()] : [path]),
      read: (path: string) => {
        const text = texts.get(path)
        if (text === undefined) throw new Error("no such file")
        return text
      },
    }
    expect(loadPlaybooks(["a.yaml"], files, directory).playbooks).toMatchObject([{ file: "a.yaml" }])
    const checked = checkPlaybooks(["all"], files, directory)
    expect(checked.playbooks.map(({ playbook }) => playbook.id)).toEqual(["a"])
    expect(checked.diagnostics.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      'b.yaml: a playbook with the id "a" stands in a.yaml already',
      'c.yaml: 0.enforcer: there is no enforcer "iptables"; there are: nftables, aws-waf, aws-nacl; did you mean nftables?',
    ])
    expect(() => loadPlaybooks(["all"], files, directory)).toThrow(/the playbooks have 2 mistakes/)
    expect(() => loadPlaybooks(["d.yaml"], files, directory)).toThrow(/d\.yaml can't be read/)
  })

  it("without a configuration knows only which kinds of enforcers there are", () => {
    const unknown = { ...directory, running: null }
    expect(playbooksOf("- { rule: x, web-acl: arn }", unknown)).toHaveLength(1)
    expect(() => playbooksOf("- { rule: x, enforcer: iptables }", unknown)).toThrow(/no enforcer "iptables"/)
  })
})
