import type { IncidentNotes } from "../../core/index.ts"
import { done, type Outcome, type StepContext, type StepOf, skipped } from "./step.ts"

const noIncident = "it is part of no incident"
// A case that a person can read; the oldest give way.
export const maxComments = 200

export function statusStep({ status }: StepOf<"status">, { occasion, batch, how, giveStatus }: StepContext): Outcome {
  if (occasion.incident === null) return skipped(noIncident)
  const incident = batch.incidents.get(occasion.incident.id) ?? occasion.incident
  if (incident.status === status) return skipped(`it is ${status} already`)
  if (incident.status === "false-positive") return skipped("a person called it a false positive")
  if (how === "do") batch.incidents.set(incident.id, giveStatus(incident, status))
  return done()
}

/** Somebody who has it already keeps it. */
export async function assignStep({ to }: StepOf<"assign">, context: StepContext): Promise<Outcome> {
  const notes = await notesOf(context)
  if (notes === undefined) return skipped(noIncident)
  if (notes.assignee !== null) return skipped(`${notes.assignee} has it already`)
  if (context.how === "do") context.batch.notes.set(notes.incident, { ...notes, assignee: to })
  return done()
}

export async function commentStep({ text }: StepOf<"comment">, context: StepContext): Promise<Outcome> {
  const notes = await notesOf(context)
  if (notes === undefined) return skipped(noIncident)
  const comment = { at: context.deps.clock.now(), by: context.reason.by, text }
  if (context.how === "do") context.batch.notes.set(notes.incident, withComment(notes, comment))
  return done()
}

export function withComment(notes: IncidentNotes, comment: IncidentNotes["comments"][number]): IncidentNotes {
  return { ...notes, comments: [...notes.comments, comment].slice(-maxComments) }
}

async function notesOf({ occasion, batch, notesOf: read }: StepContext): Promise<IncidentNotes | undefined> {
  const { incident } = occasion
  return incident === null ? undefined : (batch.notes.get(incident.id) ?? (await read(incident.id)))
}
