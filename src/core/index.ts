export type { ApiToken, AuditEntry, Role, Session, User } from "./account.ts"
export { auditEntry, role, roles, userRole } from "./account.ts"
export type { Cidr, IpAddress } from "./address.ts"
export {
  address,
  cidr,
  covers,
  familyOf,
  ipAddress,
  isUnspecified,
  lengthOf,
  overlaps,
  parseAddress,
  parseCidr,
  prefix,
} from "./address.ts"
export type { AddressRange } from "./address-range.ts"
export { parseRange, prefixesOfRange } from "./address-range.ts"
export type { Alert, Cluster, Contribution, Evidence, Match } from "./alert.ts"
export { alert, cluster, contribution, evidence, match, millis } from "./alert.ts"
export type { AlertField, AlertFieldDescription } from "./alert-fields.ts"
export { alertFields, alertValue, isAlertField } from "./alert-fields.ts"
export type { AllowlistEntry, AllowlistSubject } from "./allowlist.ts"
export {
  allowlistEntry,
  allowlistSubject,
  allowlistSubjectOf,
  canonicalHost,
  holds,
  hostName,
  prefixesOf,
} from "./allowlist.ts"
export type { Classtype, Intent, Severity, Tactic, Technique } from "./attack.ts"
export {
  classtype,
  compareSeverity,
  intent,
  intents,
  severities,
  severity,
  tactic,
  tactics,
  technique,
} from "./attack.ts"
export type { BacktestAction, BacktestFriend, BacktestIncident, BacktestResult } from "./backtest.ts"
export { backtestAction, backtestActionInWords, backtestFriend, backtestResult } from "./backtest.ts"
export type { Clock, Millis } from "./clock.ts"
export { createManualClock, systemClock } from "./clock.ts"
export type {
  BlockAction,
  BlockCountermeasure,
  Countermeasure,
  EnforcementReport,
  EnforcementState,
  QuarantineAction,
  QuarantineCountermeasure,
  Reason,
} from "./countermeasure.ts"
export {
  actionInWords,
  blockActions,
  countermeasure,
  endReasons,
  enforcementReport,
  enforcementState,
  enforcementStates,
  holdsBack,
  isActive,
  isByPerson,
  isFirstProof,
  nodeInWords,
  quarantineAction,
  quarantineActions,
  reason,
  subjectOf,
} from "./countermeasure.ts"
export type { Diagnostic } from "./diagnostic.ts"
export { formatDiagnostic } from "./diagnostic.ts"
export { duration, durationInWords, roughDuration } from "./duration.ts"
export type { ErrorCode } from "./errors.ts"
export { errorCodes, messageOf, ThwartError } from "./errors.ts"
export type { EventCategory, EventType } from "./event-field-table.ts"
export { eventCategories, eventKinds, eventTypes } from "./event-field-table.ts"
export type { EventField, EventFieldDescription, EventFieldReader, EventFields } from "./event-fields.ts"
export { eventFields, eventValue, isEventField, storedField } from "./event-fields.ts"
export type { FieldInfo, FieldType, FieldValue, Scalar } from "./field.ts"
export { fieldTypes } from "./field.ts"
export type {
  AlertId,
  CountermeasureId,
  Ids,
  IncidentId,
  NodeId,
  ObservationId,
  PlaybookId,
  PolicyId,
  ProposalId,
  RecommendationId,
  RuleId,
} from "./ids.ts"
export {
  alertId,
  countermeasureId,
  createIds,
  incidentId,
  nodeId,
  observationId,
  playbookId,
  policyId,
  proposalId,
  recommendationId,
  ruleId,
} from "./ids.ts"
export type { Incident, IncidentStatus, Stage } from "./incident.ts"
export { incident, incidentStatus, incidentStatuses, stage } from "./incident.ts"
export type { NodeRef } from "./node.ts"
export { nodeKinds, nodeRef } from "./node.ts"
export type { Delivery, DeliveryState, Notice, NoticeKind, PlaybookNotice } from "./notification.ts"
export { delivery, deliveryState, deliveryStates, notice, noticeKind, noticeKinds } from "./notification.ts"
export type {
  ConnectionObservation,
  Direction,
  Endpoint,
  EventObservation,
  FindingObservation,
  HttpHeader,
  HttpObservation,
  HttpRequest,
  HttpResponse,
  Latin1,
  Observation,
  Origin,
} from "./observation.ts"
export { direction, endpoint, origin } from "./observation.ts"
export type { IncidentNotes, Playbook, PlaybookRun, PlaybookStep, PlaybookTrigger, StepResult } from "./playbook.ts"
export {
  blockedEnd,
  incidentNotes,
  playbook,
  playbookRun,
  playbookStep,
  playbookSteps,
  playbookTrigger,
  runStates,
  stepOutcomes,
  stepResult,
} from "./playbook.ts"
export type { PlaybookField, PlaybookFieldInfo } from "./playbook-field-table.ts"
export { playbookFieldTable } from "./playbook-field-table.ts"
export type { InteractiveStatus, Mode, NetworkPolicy, Policy, QuarantinePolicy } from "./policy.ts"
export { completePolicy, interactiveStatus, mode, networkPolicy, policy, quarantinePolicy } from "./policy.ts"
export { parsePolicies } from "./policy-file.ts"
export { printableBytes, printableText } from "./printable.ts"
export type { Rate } from "./rate.ts"
export { rate, rateInWords, rateText, rateUnits } from "./rate.ts"
export type { AddressProposal, Proposal, ProposalState, Recommendation, RecommendationHead } from "./recommendation.ts"
export {
  isAddressProposal,
  proposal,
  proposalState,
  proposalStates,
  proposalTarget,
  recommendation,
  recommendationHead,
} from "./recommendation.ts"
export type { AlertVerdict, RuleException, RuleSelector, RuleSwitch, Verdict } from "./rule-policy.ts"
export {
  alertVerdict,
  exceptionPlace,
  parseRuleSelector,
  ruleException,
  ruleSwitch,
  verdict,
  verdicts,
} from "./rule-policy.ts"
export type { Shelf, Shelved } from "./shelf.ts"
export { createShelf } from "./shelf.ts"
export type { Vulnerability, VulnerabilityReport, VulnerabilitySubject, VulnerabilityTool } from "./vulnerability.ts"
export {
  vulnerability,
  vulnerabilityId,
  vulnerabilityReport,
  vulnerabilitySubject,
  vulnerabilityTools,
} from "./vulnerability.ts"
export type { Parsed } from "./yaml.ts"
export { parseYaml } from "./yaml.ts"
