import { createHash } from "node:crypto"
import type { AlertId, IncidentId, Millis, RuleId } from "../core/index.ts"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const characters = 26

/**
 * From the rule, what its alerts have in common, and the alert that it began with: every replica and every restart that recognises
 * the same attack gives it the same name. It is given once, when the incident opens; an earlier alert that comes late moves the
 * start, not the name.
 */
export function incidentIdOf(
  rule: RuleId,
  joinKey: string,
  start: { readonly at: Millis; readonly alert: AlertId | undefined },
): IncidentId {
  // The cast holds: the alphabet is part of what the schema of the id asks for.
  return `inc_${hashedId(`${rule}\n${joinKey}\n${start.at}\n${start.alert}`)}` as IncidentId
}

/** What stands behind the prefix of an id that is made from what it names. */
export function hashedId(text: string): string {
  const digest = createHash("sha256").update(text).digest()
  let id = ""
  for (let bit = 0; id.length < characters; bit += 5) {
    const pair = ((digest[bit >> 3] ?? 0) << 8) | (digest[(bit >> 3) + 1] ?? 0)
    id += alphabet.charAt((pair >> (11 - (bit & 7))) & 31)
  }
  return id
}
