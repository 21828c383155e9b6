import type { Latin1 } from "../../../core/index.ts"
import { type ByteGroups, groupsIn } from "../prefilter/byte-groups.ts"
import type { Prefilter, Scan } from "../prefilter/prefilter.ts"

/** A text on its way through transformations. Ways that come to the same text share what is known of it. */
export interface Form {
  readonly text: Latin1
  /** By the number of the transformation: what it makes of this text. */
  readonly after: (Form | undefined)[]
  groups: ByteGroups | undefined
  /** What the prefilter of each direction found. */
  readonly scans: (Scan | undefined)[]
}

export function createForm(text: Latin1): Form {
  return { text, after: [], groups: undefined, scans: [] }
}

export function groupsOfForm(form: Form): ByteGroups {
  form.groups ??= groupsIn(form.text)
  return form.groups
}

export function scanOf(form: Form, prefilter: Prefilter): Scan {
  const known = form.scans[prefilter.number]
  if (known !== undefined) return known
  const scan = prefilter.scan(form.text)
  form.scans[prefilter.number] = scan
  form.groups = scan.groups
  return scan
}
