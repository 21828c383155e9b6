export const fieldTypes = ["string", "number", "boolean", "address", "time"] as const
export type FieldType = (typeof fieldTypes)[number]

export type Scalar = string | number | boolean
/** What a field holds; of a list, each entry. Times are milliseconds since the epoch, addresses canonical text. */
export type FieldValue = Scalar | readonly Scalar[]

/** What is known of a field before any record is seen. */
export interface FieldInfo {
  readonly type: FieldType
  /** True when it may hold several values. */
  readonly list?: boolean
  /** How a sentence names it: "destination address". */
  readonly label: string
  /** The only values that there are. */
  readonly values?: readonly string[]
}
