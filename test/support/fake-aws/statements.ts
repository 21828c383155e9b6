import { holdsAddress } from "./addresses.ts"
import { invalidParameter, nonexistent, unavailable } from "./errors.ts"

export type Json = Readonly<Record<string, unknown>>

export interface WebRequest {
  readonly source: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a rule needs to know of the IP sets of its region and scope. */
export interface KnownSets {
  /** "missing" when there is none with this ARN, "too new" when it was made so recently that a web ACL can't refer to it yet. */
  stateOf(arn: string): "missing" | "too new" | "ready"
  addressesOf(arn: string): readonly string[]
}

export const record = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {}
export const records = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : [])

const tooFew =
  "You haven't met a minimum requirement for a threshold setting. Examples include a rule group capacity setting that's too low and an OR statement with only one nested statement."

/** Web ACL capacity units; a set costs 1, and 4 more when any address of a header may match. What is not modelled here costs 10. */
export function capacityOf(rules: readonly Json[]): number {
  return rules.reduce((sum, { Statement }) => sum + unitsOf(record(Statement)), 0)
}

function unitsOf(statement: Json): number {
  if ("OrStatement" in statement)
    return records(record(statement.OrStatement).Statements).reduce((sum, one) => sum + unitsOf(one), 0)
  if ("IPSetReferenceStatement" in statement)
    return record(record(statement.IPSetReferenceStatement).IPSetForwardedIPConfig).Position === "ANY" ? 5 : 1
  return 10
}

/** Throws for what the server would not take. */
export function checkRules(rules: readonly Json[], sets: KnownSets): void {
  const duplicateOf = (values: readonly unknown[]) => values.find((value, index) => values.indexOf(value) !== index)
  const priority = duplicateOf(rules.map(({ Priority }) => Priority))
  if (priority !== undefined)
    throw invalidParameter(
      "RULE",
      String(priority),
      "You have used the same priority for more than one rule. Each rule must have a unique priority.",
    )
  const name = duplicateOf(rules.map(({ Name }) => Name))
  if (name !== undefined)
    throw invalidParameter("RULE", String(name), "You have used the same name for more than one rule.")
  for (const { Statement, Action, OverrideAction, VisibilityConfig } of rules) {
    if ((Action === undefined) === (OverrideAction === undefined) || VisibilityConfig === undefined)
      throw invalidParameter("RULE", "Rule", "Your rule is missing a required setting.")
    for (const arn of referencesIn(record(Statement))) {
      if (sets.stateOf(arn) === "missing") throw nonexistent()
      if (sets.stateOf(arn) === "too new") throw unavailable()
    }
  }
}

/** The ARNs of the IP sets that a statement refers to. */
export function referencesIn(statement: Json): readonly string[] {
  if ("OrStatement" in statement) {
    const nested = records(record(statement.OrStatement).Statements)
    if (nested.length < 2) throw invalidParameter("OR_STATEMENT", "OrStatement", tooFew)
    return nested.flatMap(referencesIn)
  }
  const arn = record(statement.IPSetReferenceStatement).ARN
  return arn === undefined ? [] : [String(arn)]
}

/** The action of the first rule that decides about a request, or the default action. Statements not modelled here match nothing. */
export function verdictOf(webAcl: Json, request: WebRequest, sets: KnownSets): string {
  const rules = records(webAcl.Rules).toSorted((one, other) => Number(one.Priority) - Number(other.Priority))
  for (const { Statement, Action } of rules) {
    const action = Object.keys(record(Action))[0]
    if (action === undefined || action === "Count") continue
    if (matches(record(Statement), request, sets)) return action
  }
  return Object.keys(record(webAcl.DefaultAction))[0] ?? "Allow"
}

export function matches(statement: Json, request: WebRequest, sets: KnownSets): boolean {
  if ("OrStatement" in statement)
    return records(record(statement.OrStatement).Statements).some((one) => matches(one, request, sets))
  if ("ByteMatchStatement" in statement)
    return request.headers?.["x-match"] === record(statement.ByteMatchStatement).SearchString
  const { ARN, IPSetForwardedIPConfig } = record(statement.IPSetReferenceStatement)
  if (typeof ARN !== "string") return false
  const addresses = sets.addressesOf(ARN)
  if (IPSetForwardedIPConfig === undefined) return holdsAddress(addresses, request.source)
  const { HeaderName, Position, FallbackBehavior } = record(IPSetForwardedIPConfig)
  const header = request.headers?.[String(HeaderName).toLowerCase()]
  if (header === undefined) return false
  const all = header.split(",").map((one) => one.trim())
  const looked = Position === "ANY" ? all.slice(-10) : Position === "LAST" ? all.slice(-1) : all.slice(0, 1)
  try {
    return looked.some((address) => holdsAddress(addresses, address))
  } catch {
    return FallbackBehavior === "MATCH" // Something in the header is not an address.
  }
}
