import { describe, expect, it } from "vitest"
import { nodeRef, type Vulnerability, type VulnerabilityReport, vulnerabilityReport } from "../../core/index.ts"
import { createKnownVulnerabilities } from "./known.ts"

const node = (id: string, more: object = {}) => nodeRef.parse({ id, kind: "host", name: id, ...more })
const one = (id: string, more: Partial<Vulnerability> = {}): Vulnerability => ({
  ...{ id, severity: "low", package: "p", installedVersion: "1", fixedVersion: null, knownExploited: null, epss: null },
  ...more,
})
const report = (subject: VulnerabilityReport["subject"], ...vulnerabilities: readonly Vulnerability[]) =>
  vulnerabilityReport.parse({ id: "vul_1", tool: "trivy", subject, importedAt: 1, importedBy: "ada", vulnerabilities })
const ofNode = (name: string) => ({ kind: "node", node: node(name).id }) as const

describe("what is known of a node", () => {
  it("is found by its id, its name, and every name of its image", () => {
    const known = createKnownVulnerabilities()
    known.replace([
      report(ofNode("web-1"), one("CVE-2024-1")),
      report({ kind: "image", images: ["nginx:1.27", "registry.example/nginx@sha256:aa"] }, one("CVE-2024-2")),
    ])
    const cases: readonly (readonly [ReturnType<typeof node>, readonly string[]])[] = [
      [node("web-1"), ["CVE-2024-1"]],
      [node("4711", { name: "web-1" }), ["CVE-2024-1"]],
      [node("web-2"), []],
      [node("c1", { kind: "container", image: "docker.io/library/nginx:1.27" }), ["CVE-2024-2"]],
      [node("c1", { kind: "container", image: "registry.example/nginx@sha256:aa" }), ["CVE-2024-2"]],
      [node("c1", { kind: "container", image: "nginx:1.28" }), []],
      [node("web-1", { kind: "container", image: "nginx:1.27" }), ["CVE-2024-1", "CVE-2024-2"]],
    ]
    expect(cases).toHaveLength(7)
    for (const [asked, ids] of cases)
      expect(
        known.vulnerabilitiesOf(asked).map(({ id }) => id),
        asked.name,
      ).toEqual(ids)
  })

  it("counts a vulnerability once, however many packages and reports have it, with what is graver of each", () => {
    const known = createKnownVulnerabilities()
    known.replace([
      report(ofNode("a"), one("CVE-2024-1", { epss: 0.3 }), one("CVE-2024-1", { package: "q", severity: "high" })),
      report(ofNode("a"), one("cve-2024-1", { knownExploited: true })),
    ])
    expect(known.vulnerabilitiesOf(node("a"))).toMatchObject([
      { id: "CVE-2024-1", severity: "high", knownExploited: true, epss: 0.3 },
    ])
  })

  it("is what the last reports say, and nothing of those before", () => {
    const known = createKnownVulnerabilities()
    known.replace([report(ofNode("a"), one("CVE-2024-1"))])
    expect(known.vulnerabilitiesOf(node("a"))).toHaveLength(1)
    known.replace([report(ofNode("b"), one("CVE-2024-1"))])
    expect([known.vulnerabilitiesOf(node("a")), known.vulnerabilitiesOf(node("b")).length]).toEqual([[], 1])
  })
})
