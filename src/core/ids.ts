import { randomFillSync } from "node:crypto"
import { z } from "zod"
import type { Clock } from "./clock.ts"

export const alertId = z
  .string()
  .regex(/^alr_[0-9a-z]+$/)
  .brand<"AlertId">()
export const incidentId = z
  .string()
  .regex(/^inc_[0-9a-z]+$/)
  .brand<"IncidentId">()
export const countermeasureId = z
  .string()
  .regex(/^cm_[0-9a-z]+$/)
  .brand<"CountermeasureId">()
export const observationId = z
  .string()
  .regex(/^obs_[0-9a-z]+$/)
  .brand<"ObservationId">()
export const nodeId = z.string().min(1).max(253).brand<"NodeId">()
export const ruleId = z.string().min(1).max(200).brand<"RuleId">()
export const policyId = z.string().min(1).max(200).brand<"PolicyId">()

export const proposalId = z
  .string()
  .regex(/^prp_[0-9a-z]+$/)
  .brand<"ProposalId">()
export const recommendationId = z
  .string()
  .regex(/^rec_[0-9a-z]+$/)
  .brand<"RecommendationId">()

export type AlertId = z.infer<typeof alertId>
export type IncidentId = z.infer<typeof incidentId>
export type CountermeasureId = z.infer<typeof countermeasureId>
export type ObservationId = z.infer<typeof observationId>
export type NodeId = z.infer<typeof nodeId>
export type RuleId = z.infer<typeof ruleId>
export type PolicyId = z.infer<typeof policyId>
export type ProposalId = z.infer<typeof proposalId>
export type RecommendationId = z.infer<typeof recommendationId>

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

/** Makes ids that sort by the time they were made: 10 characters of milliseconds, 16 random (Crockford base 32, as in ULID). */
export interface Ids {
  alert(): AlertId
  incident(): IncidentId
  countermeasure(): CountermeasureId
  observation(): ObservationId
  proposal(): ProposalId
  recommendation(): RecommendationId
  /** An id with a prefix of the caller's own, for things that only one module names. */
  other(prefix: string): string
}

export function createIds(clock: Clock, fillRandom: (bytes: Uint8Array) => void = randomFillSync): Ids {
  const bytes = new Uint8Array(4096)
  let used = bytes.length
  const unique = () => {
    if (used + 16 > bytes.length) {
      fillRandom(bytes)
      used = 0
    }
    let id = ""
    for (let time = clock.now(), digit = 0; digit < 10; digit++, time = Math.floor(time / 32))
      id = alphabet.charAt(time % 32) + id
    for (let end = used + 16; used < end; used++) id += alphabet.charAt((bytes[used] ?? 0) & 31)
    return id
  }
  // The casts hold because each prefix is the one that the schema above asks for.
  return {
    alert: () => `alr_${unique()}` as AlertId,
    incident: () => `inc_${unique()}` as IncidentId,
    countermeasure: () => `cm_${unique()}` as CountermeasureId,
    observation: () => `obs_${unique()}` as ObservationId,
    proposal: () => `prp_${unique()}` as ProposalId,
    recommendation: () => `rec_${unique()}` as RecommendationId,
    other: (prefix) => `${prefix}_${unique()}`,
  }
}
