import type { Latin1 } from "../../../core/index.ts"
import type { Operator } from "../operators/operator.ts"
import { type ByteGroups, groupsIn } from "../prefilter/byte-groups.ts"
import type { Prefilter, Scan } from "../prefilter/prefilter.ts"

/** A text on its way through transformations. Ways that come to the same text share what is known of it. */
export interface Form {
  readonly text: Latin1
  /** What transformations made of it, the last first: a list, since most texts go through few. */
  after: Transformed | undefined
  groups: ByteGroups | undefined
  /** What the first prefilter found, and the others: most forms are seen by the first alone. */
  scan: Scan | undefined
  otherScans: (Scan | undefined)[] | undefined
  /** For texts that come again with other requests: the operators that looked at it and found nothing. */
  readonly missed: Set<Operator> | undefined
}

export interface Transformed {
  /** The number of the transformation. */
  readonly step: number
  readonly form: Form
  readonly rest: Transformed | undefined
}

export function createForm(text: Latin1, missed?: Set<Operator>): Form {
  return { text, after: undefined, groups: undefined, scan: undefined, otherScans: undefined, missed }
}

export function groupsOfForm(form: Form): ByteGroups {
  form.groups ??= groupsIn(form.text)
  return form.groups
}

export function scanOf(form: Form, prefilter: Prefilter): Scan {
  const { number } = prefilter
  const known = number === 0 ? form.scan : form.otherScans?.[number]
  if (known !== undefined) return known
  const scan = prefilter.scan(form.text)
  form.groups = scan.groups
  if (number === 0) form.scan = scan
  else {
    form.otherScans ??= []
    form.otherScans[number] = scan
  }
  return scan
}
