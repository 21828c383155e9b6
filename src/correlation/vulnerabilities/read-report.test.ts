import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { vulnerability } from "../../core/index.ts"
import { maxVulnerabilities, type ReadReport, readReport } from "./read-report.ts"

const read = (document: unknown) => readReport(JSON.stringify(document, null, 2), "report.json")
const ok = (report: ReadReport) =>
  report.kind === "ok" ? report : expect.unreachable(JSON.stringify(report.diagnostics))
const told = (report: ReadReport) =>
  report.diagnostics.map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`)

const trivyOf = (vulnerabilities: readonly unknown[], more: object = {}) => ({
  SchemaVersion: 2,
  CreatedAt: "2026-09-01T10:00:00.000000000Z",
  ArtifactName: "nginx:1.27",
  ArtifactType: "container_image",
  Metadata: {
    OS: { Family: "debian", Name: "12.8" },
    ImageID: "sha256:0f04e4f646a3",
    RepoTags: ["nginx:1.27", "nginx:latest"],
    RepoDigests: ["nginx@sha256:0c86dddac19f"],
  },
  Results: [
    { Target: "nginx:1.27 (debian 12.8)", Class: "os-pkgs", Type: "debian", Vulnerabilities: vulnerabilities },
    { Target: "Node.js", Class: "lang-pkgs", Type: "node-pkg" },
  ],
  ...more,
})
const trivyEntry = (more: object = {}) => ({
  VulnerabilityID: "CVE-2023-44487",
  PkgID: "libnghttp2-14@1.52.0-1",
  PkgName: "libnghttp2-14",
  InstalledVersion: "1.52.0-1",
  FixedVersion: "1.52.0-1+deb12u1",
  Status: "fixed",
  Severity: "HIGH",
  CVSS: { nvd: { V3Score: 7.5 } },
  ...more,
})

const grypeOf = (matches: readonly unknown[], more: object = {}) => ({
  matches,
  source: {
    type: "image",
    target: { userInput: "tomcat:9", imageID: "sha256:aa", tags: ["docker.io/library/tomcat:9"], repoDigests: [] },
  },
  descriptor: { name: "grype", version: "0.94.0" },
  ...more,
})
const grypeMatch = (more: object = {}) => ({
  vulnerability: {
    id: "GHSA-83qj-6fr2-vhqg",
    namespace: "github:language:java",
    severity: "Critical",
    fix: { versions: ["9.0.99"], state: "fixed" },
    risk: 94,
    epss: [{ cve: "CVE-2025-24813", epss: 0.94, percentile: 0.99, date: "2026-09-01" }],
    knownExploited: [{ cve: "CVE-2025-24813", dateAdded: "2025-04-01", knownRansomwareCampaignUse: "Unknown" }],
    ...more,
  },
  relatedVulnerabilities: [{ id: "CVE-2025-24813", namespace: "nvd:cpe", severity: "Critical" }],
  matchDetails: [{ type: "exact-direct-match", matcher: "java-matcher" }],
  artifact: { name: "tomcat-embed-core", version: "9.0.90", type: "java-archive" },
})

const cyclonedxOf = (vulnerabilities: unknown, more: object = {}) => ({
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  metadata: {
    component: {
      type: "container",
      "bom-ref": "root",
      name: "shop",
      version: "1.0",
      properties: [{ name: "aquasecurity:trivy:RepoTag", value: "registry.example/shop:1.0" }],
    },
  },
  components: [
    {
      type: "framework",
      "bom-ref": "outer",
      name: "outer",
      version: "1",
      components: [{ type: "library", "bom-ref": "pkg:npm/inner@2", name: "inner", version: "2" }],
    },
  ],
  vulnerabilities,
  ...more,
})

describe("a report of Trivy", () => {
  it("tells what its packages have, and the names of the image", () => {
    const report = ok(
      read(
        trivyOf([
          trivyEntry(),
          trivyEntry({
            VulnerabilityID: "TEMP-0841856-B18BAF",
            PkgName: "bash",
            FixedVersion: undefined,
            Severity: "UNKNOWN",
          }),
        ]),
      ),
    )
    expect(report).toEqual({
      kind: "ok",
      tool: "trivy",
      images: ["nginx:1.27", "nginx", "nginx@sha256:0c86dddac19f", "sha256:0f04e4f646a3"],
      vulnerabilities: [
        {
          id: "CVE-2023-44487",
          severity: "high",
          package: "libnghttp2-14",
          installedVersion: "1.52.0-1",
          fixedVersion: "1.52.0-1+deb12u1",
          knownExploited: null,
          epss: null,
        },
        {
          id: "TEMP-0841856-B18BAF",
          severity: "info",
          package: "bash",
          installedVersion: "1.52.0-1",
          fixedVersion: null,
          knownExploited: null,
          epss: null,
        },
      ],
      unread: 0,
      diagnostics: [],
    })
  })

  it("of a file system names no image; one without results has no vulnerabilities", () => {
    expect(ok(read(trivyOf([], { ArtifactType: "filesystem" }))).images).toEqual([])
    expect(ok(read(trivyOf([], { Results: undefined }))).vulnerabilities).toEqual([])
  })
})

describe("a report of Grype", () => {
  it("tells the CVE behind an advisory, that it is exploited, and how likely that is", () => {
    const { tool, images, vulnerabilities } = ok(read(grypeOf([grypeMatch()])))
    expect([tool, images]).toEqual(["grype", ["tomcat:9", "sha256:aa"]])
    expect(vulnerabilities).toEqual([
      {
        id: "CVE-2025-24813",
        severity: "critical",
        package: "tomcat-embed-core",
        installedVersion: "9.0.90",
        fixedVersion: "9.0.99",
        knownExploited: true,
        epss: 0.94,
      },
    ])
  })

  it("that says nothing of exploits is told so, and one that knows of none too", () => {
    const of = (more: object) => ok(read(grypeOf([grypeMatch(more)]))).vulnerabilities[0]
    expect(of({ knownExploited: undefined, epss: undefined })).toMatchObject({ knownExploited: null, epss: null })
    expect(of({ knownExploited: [], epss: [] })).toMatchObject({ knownExploited: false, epss: null })
  })

  it("of a folder names no image", () => {
    expect(ok(read(grypeOf([], { source: { type: "directory", target: "/srv" } }))).images).toEqual([])
  })
})

describe("a CycloneDX bill of materials", () => {
  it("tells of the components that are affected, wherever they stand", () => {
    const { images, vulnerabilities } = ok(
      read(
        cyclonedxOf([
          {
            id: "CVE-2024-0001",
            ratings: [
              { severity: "medium", method: "CVSSv31", source: { name: "ghsa" } },
              { score: 9.8, method: "CVSSv3", source: { name: "nvd" } },
              { score: 0.4, method: "other", source: { name: "EPSS" } },
            ],
            affects: [{ ref: "pkg:npm/inner@2" }, { ref: "urn:cdx:3e671687/1#outer" }, { ref: "unknown" }],
            properties: [{ name: "cisa:kev", value: "true" }],
          },
        ]),
      ),
    )
    expect(images).toEqual(["shop", "shop:1.0", "registry.example/shop:1.0"])
    expect(vulnerabilities.map((one) => [one.package, one.installedVersion])).toEqual([
      ["inner", "2"],
      ["outer", "1"],
      ["unknown", null],
    ])
    for (const one of vulnerabilities)
      expect(one).toMatchObject({ id: "CVE-2024-0001", severity: "critical", knownExploited: true, epss: 0.4 })
  })

  const states: readonly (readonly [string, number])[] = [
    ["exploitable", 1],
    ["in_triage", 1],
    ["not_affected", 0],
    ["false_positive", 0],
    ["resolved", 0],
    ["resolved_with_pedigree", 0],
  ]
  it.each(states)("in which somebody found it %s counts %i", (state, count) => {
    const one = {
      id: "CVE-2024-0001",
      ratings: [{ severity: "low" }],
      affects: [{ ref: "outer" }],
      analysis: { state },
    }
    expect(ok(read(cyclonedxOf([one]))).vulnerabilities).toHaveLength(count)
  })
  it("has six states", () => expect(states).toHaveLength(6))
})

describe("what can't be read", () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ["no JSON", '{\n  "a": tru\n}', "error 2:8 it is no JSON, or not all of it"],
    ["half of it", '{"matches": [', "error 1:14 it is no JSON, or not all of it"],
    ["nothing", "", "error 1:1 it is no JSON, or not all of it"],
    ["a comma too many", '{"a": 1,}', "error 1:9 it is no JSON, or not all of it"],
    ["two documents", '{"a": "x\\"y"}\n{}', "error 2:1 it is no JSON, or not all of it"],
    ["XML", "<bom></bom>", "error 1:1 it is XML; have the tool write JSON"],
    [
      "another tool's",
      '{"runs": []}',
      "error 1:1 it is no report of Trivy (--format json), Grype (-o json) or CycloneDX in JSON",
    ],
    ["a list", "[]", "error 1:1 it is no report of Trivy (--format json), Grype (-o json) or CycloneDX in JSON"],
    [
      "an old Trivy",
      '{\n "SchemaVersion": 1,\n "ArtifactName": ""}',
      "error 2:19 SchemaVersion: only reports of Trivy's schema version 2 can be read",
    ],
    ["wrong results", '{"SchemaVersion": 2, "ArtifactName": "x", "Results": {}}', "error 1:54 Results: must be a list"],
    ["wrong matches", '{"descriptor": {}, "matches": 1}', "error 1:31 matches: must be a list"],
    [
      "a bill without vulnerabilities",
      '{"bomFormat": "CycloneDX"}',
      "error 1:1 vulnerabilities: must be a list: this bill of materials tells of no vulnerabilities; scan it, and import what the scanner says",
    ],
  ]
  it.each(refused)("is refused with its place: %s", (_, text, expected) => {
    const report = readReport(text, "report.json")
    expect([report.kind, ...told(report)]).toEqual(["bad", expected])
  })
  it("has twelve cases", () => expect(refused).toHaveLength(12))

  it("of single entries is told with their places, and the rest is taken", () => {
    const bad = ["no id", 7, "", "CVE 2024", "../../etc"].map((VulnerabilityID) => trivyEntry({ VulnerabilityID }))
    const report = ok(read(trivyOf([trivyEntry(), ...bad, null, trivyEntry({ VulnerabilityID: "CVE-2024-2" })])))
    expect(report.vulnerabilities.map(({ id }) => id)).toEqual(["CVE-2023-44487", "CVE-2024-2"])
    expect(report.unread).toBe(6)
    expect(told(report).slice(1, 2)).toEqual([
      "warning 55:30 Results.0.Vulnerabilities.2.VulnerabilityID: Invalid input: expected string, received number",
    ])
    const { line = 0, column = 0 } = report.diagnostics[1] ?? {}
    expect(
      JSON.stringify(trivyOf([trivyEntry(), ...bad]), null, 2)
        .split("\n")
        [line - 1]?.slice(column - 1),
    ).toBe("7,")
  })

  it("is told by its first twenty places, and counted", () => {
    const report = ok(read(grypeOf(Array.from({ length: 5000 }, () => ({ vulnerability: {} })))))
    expect([report.unread, report.diagnostics.length]).toEqual([5000, 20])
  })

  it("is what has more vulnerabilities than anybody could have", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ VulnerabilityID: `CVE-2024-${n}`, PkgName: "p" }))
    expect(ok(read(trivyOf(many(maxVulnerabilities)))).vulnerabilities).toHaveLength(maxVulnerabilities)
    expect(told(read(trivyOf(many(maxVulnerabilities + 1))))).toEqual([
      expect.stringContaining("more than 20000 different vulnerabilities"),
    ])
  })

  it("is what nests without an end, at once and without a full stack", () => {
    for (const text of ["[".repeat(1_000_000), '{"a":'.repeat(300_000), `${"[".repeat(20_000)}${"]".repeat(20_000)}x`])
      expect(readReport(text, "x").kind).toBe("bad")
    let inner: object = { "bom-ref": "z", name: "z" }
    for (let depth = 0; depth < 2000; depth++) inner = { components: [inner] }
    expect(
      ok(read(cyclonedxOf([{ id: "CVE-2024-1", affects: [{ ref: "z" }] }], { components: [inner] }))).vulnerabilities,
    ).toMatchObject([{ package: "z" }])
  })

  it("whatever it is, is told and never thrown; what is read is a vulnerability", () => {
    const keys = [
      "matches",
      "vulnerability",
      "id",
      "SchemaVersion",
      "ArtifactName",
      "Results",
      "Vulnerabilities",
      "bomFormat",
    ]
    const more = [
      "vulnerabilities",
      "ratings",
      "affects",
      "metadata",
      "component",
      "components",
      "source",
      "target",
      "__proto__",
    ]
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "medium" },
        fc.constantFrom<unknown>(2, null, "CVE-2024-1", "CycloneDX", "image", "high", 0.5, ""),
        fc.string(),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...keys, ...more), tie("value"), { maxKeys: 6 }),
      ),
    }))
    const bases = [trivyOf([]), grypeOf([]), cyclonedxOf([])]
    fc.assert(
      fc.property(fc.nat(2), fc.constantFrom(...keys, ...more), value, fc.nat(400), (base, key, any, cut) => {
        const text = JSON.stringify({ ...bases[base], [key]: any, ...(base === 1 ? { matches: [any] } : {}) })
        for (const one of [text, text.slice(0, cut)]) {
          const report = readReport(one, "x")
          for (const { line, column } of report.diagnostics) expect(Math.min(line, column)).toBeGreaterThan(0)
          if (report.kind === "ok") for (const each of report.vulnerabilities) vulnerability.parse(each)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe("two entries of one vulnerability in one package", () => {
  it("are one, with what is graver of each", () => {
    const report = grypeOf([
      grypeMatch({ severity: "Low", knownExploited: [], epss: [{ epss: 0.1 }] }),
      grypeMatch({ severity: "High", epss: [{ epss: 0.2 }] }),
      grypeMatch({ severity: "Negligible", knownExploited: undefined, epss: undefined }),
    ])
    expect(ok(read(report)).vulnerabilities).toMatchObject([{ severity: "high", knownExploited: true, epss: 0.2 }])
  })
})
