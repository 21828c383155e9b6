/** One JSON command of libnftables-json(5). */
export type NftCommand = NftObject
export type NftObject = Readonly<Record<string, unknown>>

export function record(value: unknown): NftObject {
  // The cast holds: any object can be read by name, and what is read is checked where it is used.
  return typeof value === "object" && value !== null ? (value as NftObject) : {}
}

export function list(value: unknown): readonly NftObject[] {
  return Array.isArray(value) ? value.map(record) : []
}

/** What nft printed with `-j`: tables, sets, rules, … in one list. */
export function objectsIn(printed: string): readonly NftObject[] {
  return list(record(JSON.parse(printed)).nftables)
}
