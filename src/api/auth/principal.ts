import type { Millis, Role } from "../../core/index.ts"

/** Who asks. */
export interface Principal {
  readonly name: string
  readonly kind: "user" | "token"
  readonly role: Role
  readonly mustChangePassword: boolean
  readonly expiresAt: Millis | null
  /** What the store knows the session or the token by. */
  readonly secretHash: string
}

/** Who makes a change, and the address it comes from (null for Thwart itself). */
export interface Actor {
  readonly who: string
  readonly from: string | null
}

export type SignIn =
  | { readonly kind: "ok"; readonly secret: string; readonly principal: Principal }
  | { readonly kind: "wrong" }
  | { readonly kind: "wait"; readonly waitMs: Millis }

export type PasswordChange =
  | { readonly kind: "ok" }
  | { readonly kind: "wrong" }
  | { readonly kind: "same" }
  | { readonly kind: "wait"; readonly waitMs: Millis }
