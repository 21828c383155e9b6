import { familyOf, lengthOf } from "../../core/index.ts"
import type { Block } from "../enforcer.ts"

/** What may stand between `{{` and `}}`. All of it is made of letters, digits, dots, colons, dashes and slashes. */
export const fields = [
  "action",
  "target",
  "address",
  "prefixLength",
  "family",
  "direction",
  "expiresAt",
  "expiresAtSeconds",
  "ttlSeconds",
] as const
export type Field = (typeof fields)[number]
export type FieldValues = Readonly<Record<Field, string | number | null>>

export interface Told {
  readonly action: "block" | "unblock"
  readonly block: Omit<Block, "expiresAt"> & { readonly expiresAt?: Block["expiresAt"] }
}

/** `address` is without its length where it is a single one; times are null where there is no end. */
export function fieldsOf({ action, block }: Told, now: number): FieldValues {
  const { target, direction, expiresAt = null } = block
  const [family, prefixLength] = [familyOf(target), lengthOf(target)]
  const isSingle = prefixLength === (family === 4 ? 32 : 128)
  return {
    action,
    target,
    address: isSingle ? target.replace(/\/.*$/, "") : target,
    prefixLength,
    family,
    direction,
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    expiresAtSeconds: expiresAt === null ? null : Math.ceil(expiresAt / 1000),
    ttlSeconds: expiresAt === null ? null : Math.max(1, Math.ceil((expiresAt - now) / 1000)),
  }
}

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g

/** Why a text is no template; undefined when it is one. */
export function mistakeIn(template: string): string | undefined {
  for (const [whole, name = ""] of template.matchAll(placeholder))
    if (!fields.some((field) => field === name)) return `there is no field ${whole}; there are: ${fields.join(", ")}`
  return undefined
}

/** Null becomes nothing; `encode` is for where the text goes. */
export function filled(template: string, values: FieldValues, encode: (text: string) => string = String): string {
  return template.replace(placeholder, (_, name: Field) => encode(String(values[name] ?? "")))
}

/** The same within JSON: a text that is one field and nothing else becomes its number or null. */
export function filledJson(template: unknown, values: FieldValues): unknown {
  if (typeof template === "string") {
    const [, only] = /^\{\{\s*(\w+)\s*\}\}$/.exec(template) ?? []
    return only === undefined ? filled(template, values) : values[only as Field]
  }
  if (Array.isArray(template)) return template.map((one) => filledJson(one, values))
  if (template === null || typeof template !== "object") return template
  return Object.fromEntries(Object.entries(template).map(([name, one]) => [name, filledJson(one, values)]))
}
