import type { FieldInfo, FieldValue } from "../core/index.ts"

/** What can be asked of a record of kind R, and where it stands in it. */
export interface Schema<R> {
  readonly fields: ReadonlyMap<string, FieldInfo>
  /** How a field that the schema knows is read: its value, or undefined where the record has none. */
  reader(field: string): (record: R) => FieldValue | undefined
}
