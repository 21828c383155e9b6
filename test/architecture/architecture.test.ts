import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type Import, importsOf, isTest, root, sourcesUnder } from "./imports.ts"

const areas = [
  "core",
  "filter",
  "detection",
  "correlation",
  "zones",
  "response",
  "enforcers",
  "sensors",
  "store",
  "bus",
  "api",
  "cli",
  "agent",
  "app",
]
const adapters = ["enforcers", "sensors", "store", "bus"]
const everything = areas

/** Who may import whom; any other edge fails. `*:port` is the port file (and the face) of an adapter area. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  filter: ["core"],
  detection: ["core", "filter"],
  zones: ["core", "filter"],
  correlation: ["core", "filter"],
  response: ["core", "filter", "zones", "store:port", "bus:port", "enforcers:port", "sensors:port"],
  enforcers: ["core"],
  sensors: ["core"],
  "sensors/http": ["core", "detection"],
  store: ["core"],
  bus: ["core"],
  api: [
    "core",
    "store:port",
    "bus:port",
    "enforcers:port",
    "sensors:port",
    "detection",
    "correlation",
    "response",
    "zones",
    "filter",
  ],
  cli: ["core", "api/contract"],
  agent: everything,
  app: everything,
}

const ports = [
  "src/store/store.ts",
  "src/bus/bus.ts",
  "src/enforcers/enforcer.ts",
  "src/sensors/sensor.ts",
  "src/detection/detector.ts",
]

const files = sourcesUnder("src")
const product = files.filter((file) => !isTest(file))
const edges = product.flatMap(importsOf)

function areaOf(file: string): string {
  return file.split("/")[1] ?? ""
}

/** `enforcers/nftables` for a file of that adapter; undefined outside adapter folders. */
function adapterOf(file: string): string | undefined {
  const [, area, folder, rest] = file.split("/")
  return area !== undefined && adapters.includes(area) && folder !== undefined && rest !== undefined
    ? `${area}/${folder}`
    : undefined
}

function isAllowed({ from, to }: Import): boolean {
  const [source, target] = [areaOf(from), areaOf(to)]
  if (source === target) return true
  const table = allowed[adapterOf(from) ?? ""] ?? allowed[source] ?? []
  if (table.includes(target)) return true
  if (table.includes(`${target}:port`)) return ports.includes(to)
  return table.some((entry) => entry.includes("/") && to.startsWith(`src/${entry}/`))
}

describe("the architecture", () => {
  it("knows every folder of src", () => {
    expect(files.length).toBeGreaterThan(40)
    expect(files.filter((file) => !areas.includes(areaOf(file)))).toEqual([])
  })

  it("lets an area import only what the table allows", () => {
    expect(edges.length).toBeGreaterThan(100)
    expect(edges.filter((edge) => !isAllowed(edge)).map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it("reaches into no other area's files, only its face or port", () => {
    const face = (to: string) => /^src\/[^/]+\/(index\.ts|[^/]+\/index\.ts)$/.test(to) || ports.includes(to)
    const reaching = edges.filter(({ from, to }) => areaOf(from) !== areaOf(to) && !face(to))
    expect(reaching.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it("keeps adapters apart from each other, but for folders that an area shares", () => {
    const shared = ["enforcers/aws", "store/sql", "store/migrations", "sensors/input", "sensors/http-message"]
    const between = edges.filter(({ from, to }) => {
      const [one, other] = [adapterOf(from), adapterOf(to)]
      return (
        one !== undefined &&
        other !== undefined &&
        one !== other &&
        areaOf(from) === areaOf(to) &&
        !shared.includes(other)
      )
    })
    expect(between.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it("has no cycle of imports that run", () => {
    const graph = new Map(
      product.map((file) => [
        file,
        importsOf(file)
          .filter((edge) => !edge.typeOnly)
          .map(({ to }) => to),
      ]),
    )
    expect(cycleIn(graph)).toEqual([])
  })

  it("loads AWS's SDK only when something is done in AWS", () => {
    const atStart = product.filter((file) =>
      /^(import|export) (?!type )[^\n]*"@aws-sdk\//m.test(readFileSync(join(root, file), "utf8")),
    )
    expect(atStart).toEqual([])
    expect(product.some((file) => readFileSync(join(root, file), "utf8").includes('import("@aws-sdk/'))).toBe(true)
  })

  it("keeps every file at 400 lines or fewer, tables and tests apart", () => {
    const long = product.filter((file) => !/table|tables|data|generated/.test(file) && linesOf(file) > 400)
    expect(long).toEqual([])
  })

  it("names nothing utils, helpers, common, misc or manager", () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|manager)(\.ts|\/)/.test(file))).toEqual([])
  })
})

function linesOf(file: string): number {
  return readFileSync(join(root, file), "utf8").split("\n").length
}

function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file])
      if (cycle.length > 0) return cycle
    }
    done.add(file)
    return []
  }
  for (const file of graph.keys()) {
    const cycle = visit(file, [])
    if (cycle.length > 0) return cycle
  }
  return []
}
