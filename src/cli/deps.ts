import type {
  Alert,
  Diagnostic,
  EventType,
  Incident,
  Millis,
  Playbook,
  RuleId,
  Vulnerability,
  VulnerabilityTool,
} from "../core/index.ts"

/** What the command line needs of the rest; `app` gives it. */
export interface CliDeps {
  readonly out: Terminal
  readonly err: Terminal
  /** Asks a person yes or no; undefined where nobody can be asked. */
  confirm(question: string): Promise<boolean | undefined>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => Millis
  readonly fetch: typeof fetch
  /** Where the server on this machine left its address and a token for its own user; undefined where there is none. */
  localServer(dataDir: string | undefined): Promise<{ url: string; token: string } | undefined>
  /** Runs the server until the signal aborts. */
  serve(options: ServeOptions, onReady: (ready: ServeReady) => void, signal: AbortSignal): Promise<void>
  replay(options: ReplayOptions, on: ReplayEvents, signal: AbortSignal): Promise<ReplaySummary>
  doctor(): Promise<readonly DoctorCheck[]>
  /** Runs the proxy until the signal aborts. */
  proxy(options: ProxyCommandOptions, on: ProxyEvents, signal: AbortSignal): Promise<void>
  readonly rules: RuleTools
  readonly events: EventTools
  readonly aws: AwsTools
  readonly correlation: CorrelationTools
  readonly vulnerabilities: VulnerabilityTools
  readonly playbooks: PlaybookTools
}

/** Files of playbooks. */
export interface PlaybookTools {
  /** Throws THWART_PLAYBOOKS_INVALID for what can't be read. */
  check(paths: readonly string[]): PlaybookCheck
  isFile(path: string): boolean
  read(path: string): string
}

export interface PlaybookCheck {
  readonly playbooks: readonly (Playbook & { readonly sentence: string })[]
  readonly files: number
  readonly diagnostics: readonly Diagnostic[]
}

/** What prepares and checks the work in AWS; nothing of it needs a server, and nothing changes anything there. */
export interface AwsTools {
  /** The least policy in IAM's own form; throws THWART_USAGE for what is no web ACL or network ACL. */
  iamPolicy(targets: AwsTargets, namePrefix: string): unknown
  check(options: AwsCheckOptions, signal: AbortSignal): Promise<readonly AwsCheck[]>
}

/** ARNs. */
export interface AwsTargets {
  readonly webAcls: readonly string[]
  readonly networkAcls: readonly string[]
}

export interface AwsCheckOptions extends AwsTargets {
  readonly config: string | undefined
  /** Addresses and prefixes; the calls that blocking them would make are told. */
  readonly dryRun: readonly string[]
}

export interface AwsCheck {
  /** Of the web ACL or network ACL. */
  readonly arn: string
  readonly findings: readonly {
    readonly what: string
    readonly state: "ok" | "warning" | "failed"
    readonly found: string
  }[]
  readonly calls: readonly {
    readonly region: string
    readonly action: string
    readonly input: Readonly<Record<string, unknown>>
  }[]
}

/** What authors of intent and clustering rules work with; it needs no server. */
export interface CorrelationTools {
  /** Reads rules, those that come with Thwart where none are named, and tells every mistake. */
  check(paths: readonly string[]): {
    readonly rules: readonly {
      readonly kind: "intent" | "cluster"
      readonly id: string
      readonly title: string
      readonly enabled: boolean
      readonly sentence: string
    }[]
    readonly files: number
    readonly diagnostics: readonly Diagnostic[]
  }
}

/** What who imports reports of scanners works with. */
export interface VulnerabilityTools {
  /** Reads a report; `-` is standard input. */
  read(file: string): Promise<VulnerabilityReportFile>
}

export type VulnerabilityReportFile =
  | { readonly kind: "bad"; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: "ok"
      readonly tool: VulnerabilityTool
      /** The names of the image that was looked at; empty where it was none. */
      readonly images: readonly string[]
      readonly vulnerabilities: readonly Vulnerability[]
      /** Entries that could not be read, and the first of them with their places. */
      readonly unread: number
      readonly diagnostics: readonly Diagnostic[]
    }

/** The rules that a command runs. */
export interface RuleChoice {
  /** Files, folders and names of what was fetched; empty: the starter rules. */
  readonly rules: readonly string[]
  /** Undefined: what the rules say themselves. */
  readonly paranoiaLevel: number | undefined
  /** Where what was fetched is. */
  readonly dataDir: string | undefined
}

export interface ProxyCommandOptions extends RuleChoice {
  readonly to: string
  readonly listen: string
  readonly mode: "monitor" | "block"
  readonly allow: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly failMode: "open" | "closed"
}

export interface ProxyEvents {
  onReady(url: string): void
  onAlert(alert: Alert): void
  onError(message: string): void
}

/** What rule authors work with; nothing of it needs a server. */
export interface RuleTools {
  /** Reads rules and tells every mistake. */
  check(choice: RuleChoice): RuleCheck
  /** Runs regression tests in FTW format. */
  test(options: RuleTestOptions, onProgress: (done: number, of: number) => void): RuleTestReport
  /** One request in its bytes through every rule. */
  inspect(options: InspectOptions): Inspection
  /** Fetches rules that others publish into a folder where their name finds them. */
  fetch(options: FetchOptions, onStep: (step: FetchStep) => void, signal: AbortSignal): Promise<FetchedRules>
  /** All of standard input, or of a file, as bytes. */
  readInput(file: string | undefined): Promise<string>
}

export interface FetchOptions {
  readonly source: string
  readonly to: string | undefined
  readonly version: string | undefined
  readonly sha256: string | undefined
  readonly dataDir: string | undefined
}

export type FetchStep =
  | { readonly kind: "downloading"; readonly from: string; readonly bytesRead: number; readonly bytesTotal: number }
  | { readonly kind: "checking"; readonly from: string }

export interface FetchedRules {
  readonly outcome: "fetched" | "already"
  readonly folder: string
  readonly record: {
    readonly source: string
    readonly version: string | null
    readonly from: string
    readonly sha256: string
    readonly fetchedAt: string
    readonly format: string
    readonly rules: number
    readonly warnings: number
  }
}

export interface RuleCheck {
  readonly rules: readonly {
    readonly id: string
    readonly message: string
    readonly file: string
    readonly line: number
    readonly tags: readonly string[]
    readonly phase: number | null
    readonly severity: string | null
    readonly paranoia: number | null
    readonly direction: "inbound" | "outbound"
    readonly group: string
    readonly bookkeeping: boolean
  }[]
  readonly diagnostics: readonly Diagnostic[]
}

export interface RuleTestOptions extends RuleChoice {
  readonly ftw: readonly string[]
  readonly overrides: readonly string[]
  /** Only tests whose name (`942100-3`) begins with one of these; empty: all. */
  readonly only: readonly string[]
}

export interface RuleTestReport {
  readonly passed: number
  readonly failed: number
  readonly ignored: number
  readonly failures: readonly { readonly test: string; readonly expected: string; readonly got: string }[]
}

export interface InspectOptions extends RuleChoice {
  /** The request as it is sent. */
  readonly raw: string
}

export interface Inspection {
  readonly rules: readonly {
    readonly id: number
    readonly phase: number
    readonly file: string
    readonly line: number
    readonly message: string
    readonly outcome: string
    readonly by: number | null
    readonly micros: number
    readonly matches: readonly {
      readonly variable: string
      readonly text: string
      readonly offset: number
      readonly length: number
    }[]
  }[]
  readonly score: number
  readonly threshold: number
  /** True when it would raise an alert. */
  readonly isAlert: boolean
  readonly micros: number
}

/** What authors of event rules work with; nothing of it needs a server. */
export interface EventTools {
  /** Reads event rules and tells every mistake; `paths` empty: those that come with Thwart. */
  check(paths: readonly string[]): EventRuleCheck
  /** A rule as YAML under another id; throws THWART_NOT_FOUND, and THWART_USAGE for an id that can't be. */
  clone(id: string, as: string, paths: readonly string[]): string
  /** Holds the events of files against rules; nothing is stored and nobody is blocked. */
  test(options: EventTestOptions, on: EventTestEvents, signal: AbortSignal): Promise<EventTestReport>
}

export interface EventRuleCheck {
  readonly rules: readonly {
    readonly id: string
    readonly name: string
    readonly severity: string
    readonly enabled: boolean
    /** In English. */
    readonly sentence: string
  }[]
  readonly files: number
  readonly diagnostics: readonly Diagnostic[]
}

export interface EventTestOptions {
  readonly rules: readonly string[]
  /** Files; `-` is standard input. */
  readonly events: readonly string[]
  /** Undefined: by the files' content. */
  readonly format: string | undefined
  /** The number of the event, counted over all files, of which is told what became of it at every rule. */
  readonly explain: number | undefined
  /** Rules that are turned off run too. */
  readonly all: boolean
}

/** An event, by its number over all files and where it stood. */
export interface EventPlace {
  readonly event: number
  readonly file: string
  readonly line: number
}

export interface EventTestEvents {
  onAlert(found: EventPlace & { readonly alert: Alert }): void
  onExplained(
    told: EventPlace & { readonly rule: string; readonly outcome: string; readonly why: readonly string[] },
  ): void
  /** A line or record that could not be read. */
  onUnread(unread: { readonly file: string; readonly line: number; readonly reason: string }): void
  /** A file that could not be read, or not to its end. */
  onProblem(problem: { readonly file: string; readonly code: string; readonly message: string }): void
}

export interface EventTestReport {
  readonly events: number
  readonly alerts: number
  readonly files: readonly { readonly file: string; readonly format: string; readonly events: number }[]
  /** What could not be read, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  readonly rules: readonly {
    readonly rule: string
    readonly raised: number
    /** Matched, and not enough of them yet. */
    readonly counted: number
    /** Matched, and an alert stood for it already. */
    readonly aggregated: number
    readonly suppressed: number
  }[]
  /** Keys that were forgotten to bound the memory; where it is not 0, more may have been raised than had to be. */
  readonly evicted: number
}

export interface Terminal {
  write(text: string): void
  readonly isTty: boolean
  readonly columns: number
}

export interface ServeOptions extends RuleChoice {
  readonly config: string | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  /** `postgres://…`; undefined: SQLite in the data folder. */
  readonly database: string | undefined
  readonly insecure: boolean
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  /** Interfaces to capture on. */
  readonly capture: readonly string[]
  /** Ids of the enforcers to run. */
  readonly enforcers: readonly string[]
  /** Access logs to follow. */
  readonly accessLogs: readonly string[]
  /** Records of other tools to follow. */
  readonly events: readonly { readonly format: EventType; readonly file: string }[]
  readonly eventRules: readonly string[]
  readonly intentRules: readonly string[]
}

export interface ServeReady {
  readonly url: string
  /** Only at the first start. */
  readonly firstSignIn: { readonly name: string; readonly oneTimePassword: string } | undefined
  readonly sensors: readonly string[]
  readonly enforcers: readonly string[]
}

export interface ReplayOptions extends RuleChoice {
  readonly files: readonly string[]
  /** Empty: those that come with Thwart. */
  readonly eventRules: readonly string[]
  /** Empty: those that come with Thwart. */
  readonly intentRules: readonly string[]
  readonly homeNets: readonly string[]
}

export interface ReplayEvents {
  onProgress(progress: { readonly file: string; readonly bytesRead: number; readonly bytesTotal: number }): void
  onAlert(alert: Alert): void
  /** A file that could not be read, or not to its end. */
  onProblem(problem: { readonly file: string; readonly code: string; readonly message: string }): void
}

export interface ReplaySummary {
  /** Oldest first. */
  readonly incidents: readonly Incident[]
  readonly files: readonly {
    readonly file: string
    readonly observations: number
    readonly skipped: Readonly<Record<string, number>>
  }[]
  readonly observations: number
  readonly alerts: number
  /** How often each rule contributed. */
  readonly rules: ReadonlyMap<RuleId, number>
}

export interface DoctorCheck {
  readonly name: string
  readonly state: "ok" | "missing" | "limited"
  /** What was found. */
  readonly found: string
  /** What works because of it, or does not without it. */
  readonly matters: string
  /** What to do; null when all is well. */
  readonly fix: string | null
}
