import { type IncidentId, type IncidentNotes, ThwartError } from "../../core/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import { withComment } from "../playbooks/incident-steps.ts"
import type { Responder } from "../services.ts"

/** Gives an incident to somebody, or takes it back from whoever has it. */
export function createAssignIncident(parts: Parts): Responder["assignIncident"] {
  const { deps, commit } = parts
  return async (id, assignee, actor) => {
    const before = await notesOf(parts, id)
    if (before.assignee === assignee) return before
    const after = { ...before, assignee }
    const change = {
      action: assignee === null ? "incident unassigned" : "incident assigned",
      subject: `incident:${id}`,
      before: { assignee: before.assignee },
      after: { assignee },
    }
    await commit({ incidentNotes: [after], audit: [auditOf(deps, actor, change)] })
    return after
  }
}

/** Notes what somebody says about an incident; the oldest comments give way. */
export function createCommentIncident(parts: Parts): Responder["commentIncident"] {
  const { deps, commit } = parts
  return async (id, text, actor) => {
    const comment = { at: deps.clock.now(), by: actor.who, text }
    const after = withComment(await notesOf(parts, id), comment)
    const change = { action: "incident commented", subject: `incident:${id}`, before: null, after: { text } }
    await commit({ incidentNotes: [after], audit: [auditOf(deps, actor, change)] })
    return after
  }
}

async function notesOf({ deps: { store } }: Pick<Parts, "deps">, id: IncidentId): Promise<IncidentNotes> {
  if ((await store.incident(id)) === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no incident ${id}`)
  return (await store.incidentNotes(id)) ?? { incident: id, assignee: null, comments: [] }
}
