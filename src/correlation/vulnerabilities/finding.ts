import { z } from "zod"
import { type Severity, severities, vulnerabilityId } from "../../core/index.ts"

/** What one entry of a report says, before it is a vulnerability. */
export interface Finding {
  readonly id: string
  readonly severity: Severity
  readonly package: string
  readonly installedVersion: string | null
  readonly fixedVersion: string | null
  readonly knownExploited: boolean | null
  readonly epss: number | null
}

/** An entry as it stands in the report, with its path; `issues` where it can't be read. */
export type Entry =
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "unread"; readonly path: readonly PropertyKey[]; readonly message: string }

/** A form of reports. */
export interface ReportForm {
  readonly tool: "trivy" | "grype" | "cyclonedx"
  /** Whether a document is of this form. */
  isOne(document: unknown): boolean
  /** What is wrong with the document as a whole; undefined: nothing. */
  check(document: unknown): { readonly path: readonly PropertyKey[]; readonly message: string } | undefined
  /** The names of the image that was looked at; empty where it was none. */
  imagesOf(document: unknown): readonly string[]
  entries(document: unknown): Iterable<Entry>
}

const words: Readonly<Record<string, Severity>> = {
  critical: "critical",
  high: "high",
  important: "high",
  medium: "medium",
  moderate: "medium",
  low: "low",
}

/** Scanners have words for what is below low, and for what nobody judged yet: neither is grave. */
export const scannerSeverity = z
  .string()
  .max(100)
  .transform(
    (word): Severity => (Object.hasOwn(words, word.toLowerCase()) ? words[word.toLowerCase()] : undefined) ?? "info",
  )

export const gravestOf = (all: readonly Severity[]): Severity =>
  severities[Math.max(0, ...all.map((one) => severities.indexOf(one)))] ?? "info"

export const cveOrOther = vulnerabilityId
export const packageName = z.string().transform((name) => name.slice(0, 500))
export const version = z.string().transform((text) => (text === "" ? null : text.slice(0, 200)))

/** Reads one entry, or says what is wrong with it. */
export function entryOf<S extends z.ZodType>(
  schema: S,
  { value, path }: { readonly value: unknown; readonly path: readonly PropertyKey[] },
  read: (parsed: z.output<S>) => readonly Finding[],
): readonly Entry[] {
  const parsed = schema.safeParse(value)
  if (parsed.success) return read(parsed.data).map((finding) => ({ kind: "finding", finding }))
  const issue = parsed.error.issues[0]
  return [{ kind: "unread", path: [...path, ...(issue?.path ?? [])], message: issue?.message ?? "can't be read" }]
}

/** The list at a key of something unknown; empty where there is none. */
export function listAt(value: unknown, key: string): readonly unknown[] {
  const list = memberOf(value, key)
  return Array.isArray(list) ? list : []
}

export function memberOf(value: unknown, key: string): unknown {
  // The cast holds for every object, and nothing else gets here.
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

export const isText = (value: unknown): value is string => typeof value === "string" && value !== ""
