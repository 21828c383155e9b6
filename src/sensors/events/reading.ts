import type { EventFields, Millis } from "../../core/index.ts"
import type { Line } from "../input/index.ts"

/** A record of another tool, as fields. */
export interface EventRecord {
  readonly kind: "event"
  readonly at: Millis
  readonly fields: EventFields
  /** The tool's own record, cut to a limit. */
  readonly raw: string
  /** Where it began, from 1. */
  readonly line: number
}

/** What could not be read. */
export interface Unread {
  readonly kind: "unread"
  /** In a fixed vocabulary. */
  readonly reason: string
  readonly line: number
}

export type Reading = EventRecord | Unread

/** Takes a file line by line; never throws, whatever stands there. A record may be complete only lines later, or at the end. */
export interface EventReader {
  take(line: Line): readonly Reading[]
  finish(): readonly Reading[]
}

// What a person looks at.
const mostRawBytes = 16 * 1024

export const unread = (reason: string, { number }: { readonly number: number }): Unread => ({
  kind: "unread",
  reason,
  line: number,
})

/** Lines are cut out of files as bytes; every tool here writes UTF-8. */
export const utf8 = (latin1: string): string => Buffer.from(latin1, "latin1").toString("utf8")

export const rawOf = (text: string): string => text.slice(0, mostRawBytes)
