import type { FieldInfo, FieldValue } from "../core/index.ts"

/** What can be asked of a record of kind R, and where it stands in it. */
export interface Schema<R> {
  readonly fields: ReadonlyMap<string, FieldInfo>
  /** The value of a field that the schema knows; undefined where the record has none. */
  read(record: R, field: string): FieldValue | undefined
}
