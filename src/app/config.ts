import { z } from "zod"
import { cidr, type Diagnostic, eventTypes, formatDiagnostic, parseYaml, ThwartError } from "../core/index.ts"
import { awsNaclConfig, awsWafConfig, containersConfig } from "../enforcers/index.ts"

const enforcerSettings = z.discriminatedUnion("kind", [awsNaclConfig, awsWafConfig, containersConfig], {
  error: "an enforcer is a name (nftables) or its settings ({ kind: containers, socket: /run/podman/podman.sock })",
})

/** An enforcer by its id, or an object with its kind and settings; mistakes in these are told one by one. */
const enforcerWish = z.unknown().transform((value, context): string | z.infer<typeof enforcerSettings> => {
  if (typeof value === "string") return value
  const parsed = enforcerSettings.safeParse(value)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues)
    context.issues.push({ code: "custom", message: issue.message, path: issue.path, input: value })
  return z.NEVER
})

const names = z.array(z.string().min(1).max(1000)).max(100).default([])

/** `thwart.yaml`. An unknown key is an error; every key has a default that is safe. */
export const configSchema = z.strictObject({
  listen: z
    .strictObject({ host: z.string().default("127.0.0.1"), port: z.int().min(0).max(65535).default(8470) })
    .prefault({}),
  /** Answer on another address than loopback without TLS. */
  insecure: z.boolean().default(false),
  tls: z.strictObject({ cert: z.string(), key: z.string() }).nullable().default(null),
  dataDir: z.string().nullable().default(null),
  /** `postgres://…`; null: SQLite in `dataDir`. */
  database: z.string().nullable().default(null),
  node: z
    .strictObject({ name: z.string().min(1).max(253) })
    .nullable()
    .default(null),
  /** The networks whose addresses are ours: traffic into them is inbound. Empty: private ranges. */
  homeNets: z.array(cidr).max(1000).default([]),
  /** Interfaces to capture on. */
  capture: names,
  /** Run tcpdump and nft in this network namespace. */
  netns: z.string().nullable().default(null),
  /** By name, or with settings: `[nftables, { kind: containers, socket: /run/podman/podman.sock }]`. */
  enforcers: z.array(enforcerWish).max(20).default([]),
  /** Ids and names of nodes that are never quarantined. */
  protectedNodes: names,
  /** A database of autonomous systems (.mmdb), for AS numbers on the allowlist. */
  asnDatabase: z.string().min(1).max(1000).nullable().default(null),
  /** What nodes are tagged with, by their ids or names: `{ shop-web: [production] }`. */
  nodeTags: z.record(z.string().min(1).max(253), names).default({}),
  /** How often the targets are read again. */
  driftCheckMs: z.int().min(250).max(3_600_000).default(10_000),
  /** Files or folders of SecLang rules, or names of what was fetched (crs); empty: the starter rules. */
  rules: names,
  /** Of the Core Rule Set; null: as the rules say. */
  paranoiaLevel: z.int().min(1).max(4).nullable().default(null),
  /** Records of other tools, read as they are written. */
  events: z
    .array(z.strictObject({ format: z.enum(eventTypes), file: z.string().min(1).max(1000) }))
    .max(100)
    .default([]),
  /** Files or folders of event rules; empty: those that come with Thwart. */
  eventRules: names,
  /** Files or folders of intent and clustering rules; empty: those that come with Thwart. */
  intentRules: names,
  /** Proxies in front of the API whose X-Forwarded-For is believed. */
  trustedProxies: z.array(cidr).max(1000).default([]),
})

export type Config = z.infer<typeof configSchema>

/** The configuration that a YAML text says; throws THWART_CONFIG_INVALID with every mistake, its line and column. */
export function parseConfig(text: string, file: string): Config {
  const parsed = parseYaml(
    text,
    file,
    z.preprocess((value) => value ?? {}, configSchema),
  )
  if (parsed.kind === "ok") return parsed.value
  throw new ThwartError("THWART_CONFIG_INVALID", `the configuration has ${mistakes(parsed.diagnostics)}`)
}

export const defaultConfig: Config = configSchema.parse({})

function mistakes(diagnostics: readonly Diagnostic[]): string {
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`
  return `${count}:\n${diagnostics.map((diagnostic) => `  ${formatDiagnostic(diagnostic)}`).join("\n")}`
}
