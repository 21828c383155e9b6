import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { gzipSync } from "node:zlib"
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { createCli } from "../cli/index.ts"
import { noWorld } from "../cli/testing/no-world.ts"
import { nodeRef, systemClock } from "../core/index.ts"
import { parseConfig } from "./config.ts"
import { announcedServer } from "./data-dir.ts"
import { startThwart, type Thwart } from "./start.ts"
import { createVulnerabilityTools } from "./vulnerability-tools.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-vulnerabilities-"))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const grype = (...ids: readonly string[]) =>
  JSON.stringify({
    descriptor: { name: "grype" },
    source: { type: "image", target: { userInput: "shop:1" } },
    matches: ids.map((id) => ({
      vulnerability: { id, severity: "High", knownExploited: [{ cve: id }] },
      artifact: { name: "p", version: "1" },
    })),
  })
const rules = file(
  "rules.yaml",
  `rules:
  - id: test/exploited
    title: Exploited
    opensAt: 1
    vulnerable: { knownExploited: true, ids: [CVE-2025-24813] }
    stages: [{ name: exploitation, intents: [exploitation] }]
`,
)
const shop = nodeRef.parse({ id: "c1", kind: "container", name: "shop", image: "docker.io/library/shop:1" })
const config = parseConfig(`listen: { port: 0 }\nintentRules: [${rules}]\n`, "t.yaml")

describe("vulnerabilities that are known", () => {
  let thwart: Thwart
  let dataDir: string
  const start = async () => {
    thwart = await startThwart(
      { clock: systemClock, onError: (error) => expect.unreachable(String(error)) },
      { config, dataDir },
    )
  }
  beforeEach(async () => {
    dataDir = mkdtempSync(join(folder, "data-"))
    await start()
  })
  afterEach(() => thwart.stop())

  const cli = async (...words: readonly string[]) => {
    const said = { out: "", err: "" }
    const input = () => Readable.from([Buffer.from(grype("CVE-2024-7"))])
    const deps = noWorld(
      { fetch, localServer: async () => announcedServer(dataDir), vulnerabilities: createVulnerabilityTools(input) },
      said,
    )
    const code = await createCli(deps, "1").run(["vulnerabilities", ...words], new AbortController().signal)
    return { code, ...said }
  }
  let made = 0
  const attack = async (node = shop) => {
    const attacker = `203.0.113.${++made}`
    await thwart.ingest([alertOf(made, "exploitation", { at: systemClock.now(), attacker, node })])
    return (await thwart.store.incidents({})).items.map((one) => one.attacker as string).includes(attacker)
  }

  it("are imported, replaced, kept over a restart, and removed; intent rules go by them at once", async () => {
    expect(await attack()).toBe(false)
    expect(await cli("import", file("one.json", gzipSync(grype("CVE-2025-24813", "CVE-2024-1"))))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^image shop:1: 2 high, 2 exploited \(vul_[0-9a-f]{16}\)\n$/),
    })
    expect(await attack()).toBe(true)
    expect(await attack(nodeRef.parse({ id: "web-1", kind: "host", name: "web-1" }))).toBe(false)
    await thwart.stop()
    await start()
    expect(await attack()).toBe(true)
    const [incident] = (await thwart.store.incidents({})).items
    const local = await announcedServer(dataDir)
    const url = `${local?.url}/api/v1/incidents/${incident?.id}/vulnerabilities`
    const related = await (await fetch(url, { headers: { authorization: `Bearer ${local?.token}` } })).json()
    expect(related).toMatchObject({ items: [{ node: { id: "c1" }, total: 2, vulnerabilities: [{ epss: null }, {}] }] })

    expect((await cli("import", "-")).out).toMatch(/^image shop:1: 1 high/)
    expect(await attack()).toBe(false)
    const { out } = await cli("list")
    expect(out).toMatch(/grype +image shop:1 +1 high, 1 exploited +vul_/)
    expect(out.trim().split("\n")).toHaveLength(2)
    const id = /vul_[0-9a-f]+/.exec(out)?.[0] ?? ""
    expect((await cli("remove", id)).out).toBe(`${id} is removed\n`)
    expect((await cli("list")).out).toBe("No report was imported.\n")
    expect((await cli("remove", id)).err).toMatch(/there is no report/)
    expect((await thwart.store.audit({})).items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["import-vulnerabilities", "remove-vulnerabilities"]),
    )
  })

  it("of a node are found by its name; what can't be read is told with its place", async () => {
    const trivy = { SchemaVersion: 2, ArtifactName: "/", ArtifactType: "filesystem" }
    const entry = { VulnerabilityID: "CVE-2025-24813", PkgName: "p", Severity: "LOW" }
    const results = [{ Vulnerabilities: [entry, { ...entry, VulnerabilityID: "???" }] }]
    const path = file("rootfs.json", JSON.stringify({ ...trivy, Results: results }, null, 1))
    expect(await cli("import", path)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/name the node with --node/),
    })
    expect((await cli("import", path, "--node", "a", "--image", "b")).err).toMatch(/contradict/)
    expect(await cli("import", path, "--node", "web-1")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^node web-1: 1 low \(vul_/),
      err: expect.stringMatching(
        /rootfs\.json:14:25: warning: Results\.0\.Vulnerabilities\.1\.VulnerabilityID: is no id .*\n.*can't be read: 1 of 2 entries\n/,
      ),
    })
    expect(JSON.parse((await cli("import", path, "--node", "web-1", "--json")).out)).toMatchObject({
      subject: { kind: "node", node: "web-1" },
      counts: { low: 1, critical: 0 },
      unread: 1,
    })
    const broken = await cli("import", file("half.json", '{"matches": [\n'))
    expect(broken).toMatchObject({ code: 2, out: "" })
    expect(broken.err).toMatch(/half\.json:2:1: error: it is no JSON.* \[THWART_REPORT_INVALID\]/)
    expect((await cli("import", join(folder, "none.json"))).err).toMatch(
      /none\.json can't be read.*THWART_FILE_UNREADABLE/,
    )
    const bomb = file("bomb.gz", gzipSync(Buffer.alloc(70 * 2 ** 20, 32)))
    expect((await cli("import", bomb)).err).toMatch(/bomb\.gz can't be read/)
    expect((await cli("list", "--json")).out.trim().split("\n")).toHaveLength(1)
  })

  it("as many as a report may have go through the API", async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => `CVE-2024-${100_000 + n}`)
    expect((await cli("import", file("many.json", grype(...many)))).out).toMatch(/20000 high, 20000 exploited/)
    expect(await attack()).toBe(false)
  })
})
