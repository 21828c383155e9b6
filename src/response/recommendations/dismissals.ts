import type { Proposal } from "../../core/index.ts"
import { type Trigger, triggerSubject } from "../policies.ts"
import { proposalSubject } from "./book.ts"

/** What people dismissed: the same evidence does not lead to the same proposal again; new evidence does. */
export interface Dismissals {
  add(proposal: Proposal): void
  knows(trigger: Trigger): boolean
}

// The oldest are forgotten beyond: then it is proposed once more, and nothing happens without a person.
const maxRemembered = 100_000

export function createDismissals(): Dismissals {
  const evidence = new Set<string>()
  const remember = (key: string) => {
    evidence.add(key)
    for (const oldest of evidence) {
      if (evidence.size <= maxRemembered) return
      evidence.delete(oldest)
    }
  }
  return {
    add: (proposal) => {
      const place = `${proposal.policy}\n${proposalSubject(proposal)}`
      const { incident, alerts } = proposal.reason
      if (incident === null) for (const id of alerts) remember(`${place}\n${id}`)
      else remember(`${place}\n${incident}`)
    },
    knows: (trigger) => {
      if (evidence.size === 0) return false
      const { policy, incident, alerts } = trigger
      const place = `${policy.id}\n${triggerSubject(trigger)}`
      if (incident !== null) return evidence.has(`${place}\n${incident.id}`)
      return alerts.filter((id) => !evidence.has(`${place}\n${id}`)).length < policy.count
    },
  }
}
