import { z } from "zod"
import { cidr, type Diagnostic, eventTypes, formatDiagnostic, parseYaml, ThwartError } from "../core/index.ts"
import { awsNaclConfig, awsWafConfig, containersConfig, execConfig, webhookConfig } from "../enforcers/index.ts"
import { notificationsConfig } from "../notifications/index.ts"

const names = z.array(z.string().min(1).max(1000)).max(100).default([])

/** A name, or its settings. By their kind, so that a mistake in one is told as what it is. */
const enforcer = z.preprocess(
  (value) => (typeof value === "string" ? { kind: "", name: value } : value),
  z.discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal(""), name: z.string().min(1).max(1000) }).transform(({ name }) => name),
      awsNaclConfig,
      awsWafConfig,
      containersConfig,
      webhookConfig,
      execConfig,
    ],
    {
      error:
        "an enforcer is a name (nftables) or its settings ({ kind: containers, socket: /run/podman/podman.sock }); settings are for aws-nacl, aws-waf, containers, webhook and exec",
    },
  ),
)

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
  enforcers: z.array(enforcer).max(20).default([]),
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
  /** Access logs of nginx and Apache, read as they are written; `from: start` reads what stands there already, too. */
  accessLogs: z
    .array(z.strictObject({ file: z.string().min(1).max(1000), from: z.enum(["start", "end"]).default("end") }))
    .max(100)
    .default([]),
  /** Records of other tools, read as they are written. */
  events: z
    .array(z.strictObject({ format: z.enum(eventTypes), file: z.string().min(1).max(1000) }))
    .max(100)
    .default([]),
  /** Files or folders of event rules; empty: those that come with Thwart. */
  eventRules: names,
  /** Who is told of incidents and countermeasures. */
  notifications: notificationsConfig.prefault({}),
  /** Files or folders of intent and clustering rules; empty: those that come with Thwart. */
  intentRules: names,
  /** Files or folders of playbooks. */
  playbooks: names,
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
