import type { EventFieldReader, EventObservation, Evidence, HttpObservation } from "../../core/index.ts"
import { evidenceOf } from "../engine/evidence.ts"
import { httpFields } from "./http-fields.ts"

/** What rules over fields are held against: a tool's record, or an HTTP transaction. */
export type JudgedObservation = EventObservation | HttpObservation

/** An observation with its fields. */
export interface Subject {
  readonly observation: JudgedObservation
  readonly fields: EventFieldReader
}

export function subjectOf(observation: JudgedObservation): Subject {
  return { observation, fields: observation.kind === "http" ? httpFields(observation) : observation.fields }
}

// What an analyst reads.
const maxRaw = 8192

/** The record itself, or the request and its answer. */
export function recordOf(observation: JudgedObservation): Pick<Evidence, "request" | "response"> {
  if (observation.kind === "event") return { request: observation.raw.slice(0, maxRaw), response: null }
  return evidenceOf(observation.request, observation.response)
}
