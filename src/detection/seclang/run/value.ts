import type { Latin1 } from "../../../core/index.ts"
import { createForm, type Form } from "./form.ts"
import type { FormCache } from "./form-cache.ts"

/** One value that rules look at, with what transformations made of it so far; lists of the same transaction share it. */
export interface Value {
  /** The member's name in its collection; empty where the variable is a single value. */
  readonly key: Latin1
  readonly text: Latin1
  /** The text as it is, and from there its transformations; made when first asked for. */
  form: Form | undefined
}

export function createValue(key: Latin1, text: Latin1): Value {
  return { key, text, form: undefined }
}

/** A value whose text is likely to come again. */
export function createKnownValue(key: Latin1, text: Latin1, cache: FormCache): Value {
  return { key, text, form: cache.formOf(text) }
}

export function rawForm(value: Value): Form {
  value.form ??= createForm(value.text)
  return value.form
}

/** A variable's values, with a lookup by name that is built when first asked for. */
export interface Collection {
  readonly values: readonly Value[]
  byKey: ReadonlyMap<string, readonly Value[]> | undefined
}

export const noValues: readonly Value[] = []

export function createCollection(values: readonly Value[]): Collection {
  return { values, byKey: undefined }
}

/** The members of that name (in lower case). */
export function membersOf(collection: Collection, key: string): readonly Value[] {
  if (collection.byKey === undefined) {
    const byKey = new Map<string, Value[]>()
    for (const value of collection.values) {
      const name = value.key.toLowerCase()
      const known = byKey.get(name)
      if (known === undefined) byKey.set(name, [value])
      else known.push(value)
    }
    collection.byKey = byKey
  }
  return collection.byKey.get(key) ?? noValues
}
