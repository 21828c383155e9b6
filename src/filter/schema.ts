export const fieldTypes = ["string", "number", "boolean", "address", "time"] as const
export type FieldType = (typeof fieldTypes)[number]

/** What a field holds; of a list, each entry. Times are milliseconds since the epoch, addresses canonical text (core/address.ts). */
export type FieldValue = Scalar | readonly Scalar[]
export type Scalar = string | number | boolean

/** What a filter's author may say of one field. */
export interface FieldInfo {
  readonly type: FieldType
  /** True when it may hold several values; a comparison asks whether one of them is so. */
  readonly list?: boolean
  /** How a sentence names it: "destination address". */
  readonly label: string
  /** The only values that there are; another in a comparison is a mistake. */
  readonly values?: readonly string[]
}

/** What can be asked of a record of kind R, and where it stands in it. */
export interface Schema<R> {
  readonly fields: ReadonlyMap<string, FieldInfo>
  /** The value of a field that the schema knows; undefined where the record has none. */
  read(record: R, field: string): FieldValue | undefined
}
