import { z } from "zod"
import { type Cidr, cidr } from "./address.ts"
import { parseRange } from "./address-range.ts"
import { millis } from "./alert.ts"

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/** A host name after RFC 1123. A name has a letter at its end, so that no mistyped address is one. */
export const hostName = z
  .string()
  .max(253)
  .refine((text) => isHostName(canonicalHost(text)), { error: "a host name such as office.example.com" })

/** In small letters, without the dot of the root. */
export function canonicalHost(name: string): string {
  return name.toLowerCase().replace(/\.$/, "")
}

function isHostName(name: string): boolean {
  const labels = name.split(".")
  return /[a-z]/.test(labels.at(-1) ?? "") && labels.every((part) => label.test(part))
}

/** Whom an entry is about: one of these. */
export const allowlistSubject = z.object({
  /** An address or a prefix. */
  prefix: cidr.optional(),
  /** `192.0.2.10-192.0.2.20`. */
  range: z
    .string()
    .max(100)
    .refine((text) => parseRange(text) !== undefined, { error: "two addresses with a dash between, the lower first" })
    .optional(),
  host: hostName.optional(),
  /** The number of an autonomous system. */
  asn: z.int().min(1).max(4_294_967_295).optional(),
})
export type AllowlistSubject = z.infer<typeof allowlistSubject>

/** What must never be touched. */
export const allowlistEntry = allowlistSubject
  .extend({
    id: z.string(),
    /** What a range or a host name stands for now. */
    covers: z.array(cidr).readonly().optional(),
    /** When the host name was resolved last. */
    resolvedAt: millis.optional(),
    /** Why the host name could not be resolved of late; what it stood for last holds. */
    problem: z.string().nullable().optional(),
    /** Ids or names of nodes: it protects from what follows from attacks on these alone. None: everywhere. */
    nodes: z.array(z.string().min(1).max(253)).max(100).readonly().optional(),
    /** Whose it is, and why. */
    comment: z.string().max(500),
    owner: z.string().max(200),
    createdAt: millis,
    /** Null: no end. */
    expiresAt: millis.nullable(),
    /** When it was noted that it is past its end. */
    endedAt: millis.optional(),
  })
  .readonly()
export type AllowlistEntry = z.infer<typeof allowlistEntry>

/** How people name it: `192.0.2.0/24`, `192.0.2.10-192.0.2.20`, `office.example.com`, `AS64500`. */
export function allowlistSubjectOf({ prefix, range, host, asn }: AllowlistSubject): string {
  return prefix ?? range ?? host ?? `AS${asn ?? "?"}`
}

/** The prefixes that it stands for now; those of an autonomous system are told by a database. */
export function prefixesOf({ prefix, covers = [] }: Pick<AllowlistEntry, "prefix" | "covers">): readonly Cidr[] {
  return prefix === undefined ? covers : [prefix]
}

/** False once it is past its end. */
export function holds({ expiresAt }: Pick<AllowlistEntry, "expiresAt">, now: number): boolean {
  return expiresAt === null || expiresAt > now
}
