import { z } from "zod"
import { millis } from "./alert.ts"

export const roles = ["sensor", "viewer", "analyst", "admin"] as const
export const role = z.enum(roles)
/** What people may have: a sensor is a program. */
export const userRole = role.exclude(["sensor"])
/** sensor: sends records, and reads nothing; viewer: reads; analyst: also blocks, unblocks, edits the allowlist, works on incidents; admin: also users, tokens, policies. */
export type Role = z.infer<typeof role>

/** A person who signs in. `passwordHash` never leaves the store and api/auth. */
export interface User {
  readonly name: string
  readonly role: Role
  readonly passwordHash: string
  /** True until a one-time password was replaced. */
  readonly mustChangePassword: boolean
  readonly createdAt: number
  readonly disabled: boolean
}

/** A browser's session; the store knows only the SHA-256 of its secret. */
export interface Session {
  readonly secretHash: string
  readonly user: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly address: string
  /** Opened by a link from the machine itself: a one-time password need not be replaced first. */
  readonly byLink: boolean
}

/** A token for programs; the store knows only the SHA-256 of its secret. */
export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly secretHash: string
  readonly role: Role
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

/** One change that someone made, with what stood there before and after. */
export const auditEntry = z
  .object({
    id: z.string(),
    at: millis,
    /** `user:NAME`, `token:NAME`, `policy:ID` or `system`. */
    who: z.string(),
    /** The address it came from; null for what Thwart did by itself. */
    from: z.string().nullable(),
    action: z.string(),
    /** What it was done to: `countermeasure:cm_…`, `user:alice`, … */
    subject: z.string(),
    before: z.unknown(),
    after: z.unknown(),
  })
  .readonly()
export type AuditEntry = z.infer<typeof auditEntry>
