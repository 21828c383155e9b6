import type { AuditEntry, BlockAction, Countermeasure, Proposal } from "../core/index.ts"
import type { Decisions } from "./decide.ts"
import { auditOf, type Parts } from "./parts.ts"
import { type Trigger, triggerSubject } from "./policies.ts"
import { createProposer } from "./recommendations/propose.ts"
import { resolved } from "./recommendations/resolve.ts"
import { policySentence } from "./sentence.ts"
import type { Told } from "./told.ts"

/** How both kinds of decisions speak, propose and take back what was proposed. */
export interface Voice {
  /** An entry in the audit log, unless the same was said a moment ago. */
  say(trigger: Trigger, action: string, after: object): void
  /** `held`: the guardrail in the way. */
  propose(trigger: Trigger, what: BlockAction | "quarantine", held: string | null): void
  /** What is in force now: an entry in the audit log, and nobody need decide it any more. */
  done(trigger: Trigger, countermeasure: Countermeasure, what: object): void
  all(): Pick<Decisions, "audit" | "overtaken" | "proposed">
}

export function createVoice({ deps, book, told }: Pick<Parts, "deps" | "book"> & { readonly told: Told }): Voice {
  const audit: AuditEntry[] = []
  const overtaken: Proposal[] = []
  const proposer = createProposer(deps, book)
  const write = (
    { policy }: Trigger,
    action: string,
    { subject, after }: { readonly subject: string; readonly after: object },
  ) => {
    audit.push(auditOf(deps, { who: `policy:${policy.id}`, from: null }, { action, subject, before: null, after }))
  }
  const say: Voice["say"] = (trigger, action, after) => {
    const subject = triggerSubject(trigger)
    if (!told.isNews(`${trigger.policy.id}\n${subject}\n${action}`)) return
    write(trigger, action, { subject, after: { incident: trigger.incident?.id ?? null, ...after } })
  }

  return {
    say,
    propose: (trigger, what, held) => {
      const made = proposer.propose(trigger, held)
      const why = held === null ? { policy: policySentence(trigger.policy) } : { reason: held }
      if (made === undefined) say(trigger, `${what} proposal not kept: too many are pending`, why)
      else if (made.isNew)
        say(trigger, `${what} ${held === null ? "proposed" : "held"}`, { proposal: made.proposal.id, ...why })
    },
    done: (trigger, countermeasure, what) => {
      const { expiresAt, reason, action, id } = countermeasure
      const by = `policy:${trigger.policy.id}`
      write(trigger, action, { subject: `countermeasure:${id}`, after: { ...what, expiresAt, reason } })
      const pending = book.pendingFor(trigger.policy.id, triggerSubject(trigger))
      if (pending === undefined) return
      const why = "the policy did it by itself"
      overtaken.push(resolved(pending, { state: "accepted", by, why, countermeasure: id }, deps))
    },
    all: () => ({ audit, overtaken, proposed: proposer.proposed() }),
  }
}
