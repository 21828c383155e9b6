import { z } from "zod"
import {
  alert,
  auditEntry,
  blockActions,
  cidr,
  countermeasure,
  direction,
  incident,
  incidentId,
  incidentNotes,
  incidentStatus,
  ipAddress,
  millis,
  networkPolicy,
  policyId,
  quarantinePolicy,
  rate,
  recommendation,
  recommendationId,
  role,
  severity,
  userRole,
} from "../../core/index.ts"
import { diagnostic } from "./diagnostic.ts"

/** One page of a list, newest first; `next` is the cursor of the page after, null on the last. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })

// What is asked is strict: a misspelt key (`expireAt`) is refused, instead of ignored and its default taken.
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: "How many at most" }),
  cursor: z.string().max(500).optional().meta({ description: "`next` of the page before" }),
})

/** Beside these, `error.code` is one of Thwart's own codes (`THWART_…`, docs/reference/errors.md). */
export const apiErrorCodes = [
  "BUSY",
  "FORBIDDEN",
  "FORGED",
  "INTERNAL",
  "INVALID",
  "NOT_FOUND",
  "PASSWORD_CHANGE_REQUIRED",
  "THROTTLED",
  "TOO_LARGE",
  "UNAUTHENTICATED",
  "UNSUPPORTED_MEDIA_TYPE",
  "WRONG_PASSWORD",
] as const
export type ApiErrorCode = (typeof apiErrorCodes)[number]

export const errorBody = z.object({
  error: z.object({
    code: z.string().meta({ description: "For programs", examples: [...apiErrorCodes, "THWART_GUARDRAIL_REFUSED"] }),
    message: z.string().meta({ description: "For people: what failed, with which value, what to do" }),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "What was wrong where, for bad input; `path` is a JSON pointer without its first slash" }),
  }),
})

const decadeMs = 10 * 366 * 86_400_000
const end = millis.int().nullable().default(null).meta({ description: "When it shall end; null: never" })

// POST /session (sign in), GET /session (who am I), DELETE /session (sign out), POST /session/password
export const signIn = z.strictObject({ name: z.string().min(1).max(100), password: z.string().min(1).max(1000) })
export const oneTimeSignIn = z.strictObject({ token: z.string().min(20).max(200) })
export const whoAmI = z.object({
  name: z.string(),
  role,
  mustChangePassword: z.boolean(),
  expiresAt: z.number().nullable(),
})
export const changePassword = z.strictObject({
  current: z.string().min(1).max(1000),
  next: z.string().min(12).max(1000),
})

// GET /alerts, GET /alerts/:id, POST /alerts (sensors and agents: acknowledged once stored)
export const alertsQuery = pageQuery.extend({
  attacker: ipAddress.optional(),
  minSeverity: severity.optional().meta({ description: "The mildest that counts" }),
  since: z.coerce.number().pipe(millis.int()).optional().meta({ description: "Not before" }),
})
export const alertPage = pageOf(alert)
// Four times what evidence and matches come to when they are cut as they should be.
const maxAlertCharacters = 256 * 1024
const boundedAlert = alert.refine((one) => JSON.stringify(one).length <= maxAlertCharacters, {
  error: `an alert has at most ${maxAlertCharacters} characters of JSON`,
})
export const newAlerts = z.strictObject({ alerts: z.array(boundedAlert).min(1).max(1000) })
export const acknowledged = z.object({ accepted: z.int() })

// GET /incidents, GET /incidents/:id, PATCH /incidents/:id
export const incidentsQuery = pageQuery.extend({ status: incidentStatus.optional(), attacker: ipAddress.optional() })
export const incidentPage = pageOf(incident)
export const incidentChange = z.strictObject({ status: incidentStatus })
/** An incident with all that explains it. */
export const incidentDetail = z.object({
  incident,
  alerts: z.array(alert),
  countermeasures: z.array(countermeasure),
  notes: incidentNotes,
  masked: z.array(alert).meta({ description: "Those that counted in it until somebody masked them; the last 200" }),
})

// GET /countermeasures, GET /countermeasures/:id, POST /countermeasures (block), POST /countermeasures/:id/undo
export const countermeasuresQuery = pageQuery.extend({
  active: z.stringbool().optional().meta({ description: "true: only what is wanted now" }),
  incident: incidentId.optional(),
})
export const countermeasurePage = pageOf(countermeasure)
export const newBlock = z
  .strictObject({
    target: cidr.meta({ description: "An address or a prefix" }),
    direction: direction
      .default("inbound")
      .meta({ description: "inbound: what it sends; outbound: what is sent to it" }),
    action: z
      .enum(blockActions)
      .default("block")
      .meta({ description: "limit: refuse only what is beyond the rate; challenge: where an enforcer can" }),
    rate: rate.optional().meta({ description: "Of a limit" }),
    durationMs: z.int().min(1000).max(decadeMs).nullable().meta({ description: "null: until someone ends it" }),
    reason: z.string().min(1).max(500).meta({ description: "For whoever asks why, later" }),
  })
  .refine(({ action, rate }) => (action === "limit") === (rate !== undefined), {
    path: ["rate"],
    error: "a limit needs a rate, and nothing else has one",
  })
  .meta({ examples: [{ target: "203.0.113.7", durationMs: 3_600_000, reason: "password spraying, ticket 4711" }] })
export const undo = z.strictObject({
  falsePositive: z.boolean().meta({ description: "true: do not re-create it from the same evidence" }),
  comment: z.string().max(500).default(""),
})

// GET /explain/:id-or-address: from a blocked address, countermeasure or incident back to every byte that led there
export const explanation = z.object({
  subject: z.string(),
  /** One sentence a line, in order. */
  story: z.array(z.string()),
  countermeasures: z.array(countermeasure),
  incidents: z.array(incident),
  alerts: z.array(alert),
})

// GET /policies, PUT /policies/:id
const sentence = z.string().meta({ description: "What it says, in English" })
export const policies = z.object({
  items: z.array(
    z.discriminatedUnion("kind", [
      quarantinePolicy.unwrap().extend({ sentence }),
      networkPolicy.unwrap().extend({ sentence }),
    ]),
  ),
})

// POST /policies/check
// A hundred policies have a third of this.
const maxPoliciesCharacters = 64 * 1024
export const policyText = z.strictObject({
  text: z.string().max(maxPoliciesCharacters).meta({ description: "One policy in YAML, or `policies:` with a list" }),
  file: z.string().max(1000).default("policy").meta({ description: "What diagnostics call it" }),
})
export const checkedPolicies = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("bad"), diagnostics: z.array(diagnostic) })
    .meta({ description: "What is wrong with them" }),
  z.object({ kind: z.literal("ok"), ...policies.shape }),
])

// GET /users, POST /users, PATCH /users/:name, POST /users/:name/password (reset); GET /tokens, POST /tokens, DELETE /tokens/:id; GET /audit
export const user = z.object({
  name: z.string(),
  role,
  disabled: z.boolean(),
  mustChangePassword: z.boolean(),
  createdAt: z.number(),
})
export const users = z.object({ items: z.array(user) })
export const newUser = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "small letters, digits, dots, dashes and underscores, 64 at most"),
  role: userRole,
})
export const userChange = z.strictObject({ role: userRole.optional(), disabled: z.boolean().optional() })
/** The only time that the password is shown. */
export const createdUser = user.extend({ oneTimePassword: z.string() })
export const token = z.object({
  id: z.string(),
  name: z.string(),
  role,
  createdBy: z.string(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
})
export const tokens = z.object({ items: z.array(token) })
export const newToken = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}+$/u, "no control characters"),
  role,
  expiresAt: end,
})
/** The only time that the secret is shown. */
export const createdToken = token.extend({ secret: z.string() })
export const auditPage = pageOf(auditEntry)

// GET /status: sensors, enforcers and counters, for the overview page and `thwart list`
export const status = z.object({
  version: z.string(),
  startedAt: z.number(),
  sensors: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      reason: z.string().nullable(),
      observations: z.number(),
      dropped: z.number(),
      skipped: z.record(z.string(), z.number()),
    }),
  ),
  enforcers: z.array(
    z.object({
      id: z.string(),
      summary: z.string(),
      state: z.enum(["ok", "failing"]),
      reason: z.string().nullable(),
      entries: z.number(),
    }),
  ),
  counts: z.object({ alerts: z.number(), openIncidents: z.number(), activeCountermeasures: z.number() }),
})

/**
 * GET /events (server-sent events): `event:` is the kind, `data:` the JSON of the thing, `id:` rises by one. Who comes back with
 * `Last-Event-ID` gets what was missed, or `event: reset` when that is no longer there: then load everything anew.
 */
export const streamEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alert"), alert }),
  z.object({ kind: z.literal("incident"), incident }),
  z.object({ kind: z.literal("countermeasure"), countermeasure }),
  /** Null: nothing of it is pending any more. */
  z.object({
    kind: z.literal("recommendation"),
    id: recommendationId,
    policy: policyId,
    recommendation: recommendation.nullable(),
  }),
])

export type AlertPage = z.infer<typeof alertPage>
export type AuditPage = z.infer<typeof auditPage>
export type CountermeasurePage = z.infer<typeof countermeasurePage>
export type CreatedToken = z.infer<typeof createdToken>
export type CreatedUser = z.infer<typeof createdUser>
export type ErrorBody = z.infer<typeof errorBody>
export type Explanation = z.infer<typeof explanation>
export type IncidentDetail = z.infer<typeof incidentDetail>
export type IncidentPage = z.infer<typeof incidentPage>
export type NewBlock = z.input<typeof newBlock>
export type CheckedPolicies = z.infer<typeof checkedPolicies>
export type Policies = z.infer<typeof policies>
export type Status = z.infer<typeof status>
export type StreamEvent = z.infer<typeof streamEvent>
export type Tokens = z.infer<typeof tokens>
export type Undo = z.input<typeof undo>
export type Users = z.infer<typeof users>
export type WhoAmI = z.infer<typeof whoAmI>

export type { Allowed, AllowlistBody, NewAllowlistEntry } from "./allowlist.ts"
export { allowed, allowlist, newAllowlistEntry } from "./allowlist.ts"
export type { BacktestRun, NewBacktest } from "./backtests.ts"
export { backtest, maxBacktestMs, maxGivenAlerts, newBacktest } from "./backtests.ts"
export type { ClusterRuleDraft, CorrelationPreview, CorrelationRuleList, NewCorrelationPreview } from "./correlation.ts"
export {
  clusterRuleDraft,
  correlationPreview,
  correlationRules,
  maxPreviewedAlerts,
  newCorrelationPreview,
} from "./correlation.ts"
export type { EventIntakeReport } from "./event-intake.ts"
export { eventFormat, eventIntakeReport, eventSource, sentEvents } from "./event-intake.ts"
export type { EventRuleClone, EventRules, EventTrial, NewEventTrial } from "./event-rules.ts"
export {
  eventRuleClone,
  eventRules,
  eventTrial,
  maxTriedRecords,
  newEventRuleId,
  newEventTrial,
} from "./event-rules.ts"
export { assignment, newComment, notes } from "./incident-notes.ts"
export type { MaskReport } from "./masks.ts"
export { maskReport, newMasks } from "./masks.ts"
export type { DeliveryPage, NotificationTargets } from "./notifications.ts"
export { deliveriesQuery, deliveryPage, notificationTargets } from "./notifications.ts"
export type { DryRunBody, PlaybookRunPage, Playbooks, ShownPlaybook } from "./playbooks.ts"
export {
  decideRun,
  dryRun,
  dryRunOf,
  dryRuns,
  newPlaybooks,
  playbookRunPage,
  playbookRunsQuery,
  playbooks,
  shownPlaybook,
  tryText,
} from "./playbooks.ts"
export type {
  DecisionReport,
  ModeChange,
  ModeWish,
  NewDecision,
  PendingProposal,
  RecommendationDetail,
  Recommendations,
} from "./recommendations.ts"
export {
  decision,
  decisionReport,
  evidenceStates,
  modeChange,
  modeWish,
  pendingProposal,
  pendingQuery,
  recommendationDetail,
  recommendations,
  standingDecision,
} from "./recommendations.ts"
export type {
  ApiRule,
  NewRuleException,
  RuleDetail,
  RuleExceptionChange,
  RuleExceptions,
  RulePage,
  RulesQuery,
  Verdicts,
} from "./rules.ts"
export {
  disableRule,
  enableRule,
  newRuleException,
  newVerdict,
  ruleDetail,
  ruleExceptionChange,
  ruleExceptions,
  rulePage,
  ruleStates,
  rulesQuery,
  verdicts,
  verdictsQuery,
} from "./rules.ts"
export type {
  NewVulnerabilityReport,
  RelatedVulnerabilities,
  VulnerabilityReports,
  VulnerabilitySummary,
} from "./vulnerabilities.ts"
export {
  newVulnerabilityReport,
  relatedVulnerabilities,
  vulnerabilityReports,
  vulnerabilitySummary,
} from "./vulnerabilities.ts"
