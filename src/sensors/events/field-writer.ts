import {
  type EventField,
  type EventFields,
  eventFields,
  type FieldType,
  type FieldValue,
  parseAddress,
  type Scalar,
} from "../../core/index.ts"

// Command lines and paths are the longest that say something; Linux cuts both at 4 KiB to 128 KiB.
const longestText = 8192
const mostEntries = 100

/** Collects the fields of one event; what is not of its field's type is left out. */
export interface FieldWriter {
  set(name: EventField, value: unknown): void
  has(name: EventField): boolean
  done(): EventFields
}

export function createFieldWriter(): FieldWriter {
  const fields = new Map<EventField, FieldValue>()
  return {
    set: (name, value) => {
      const converted = valueFor(name, value)
      if (converted !== undefined) fields.set(name, converted)
    },
    has: (name) => fields.has(name),
    done: () => fields,
  }
}

function valueFor(name: EventField, value: unknown): FieldValue | undefined {
  const info = eventFields.get(name)
  if (info === undefined || value === undefined || value === null) return undefined
  if (info.list !== true) return scalar(value, info.type)
  const list = Array.isArray(value) ? value : [value]
  const entries = list.slice(0, mostEntries).flatMap((entry) => scalar(entry, info.type) ?? [])
  return entries.length === 0 ? undefined : entries
}

function scalar(value: unknown, type: FieldType): Scalar | undefined {
  switch (type) {
    case "string":
      return textOf(value)
    case "number":
    case "time":
      return numberOf(value)
    case "boolean":
      return value === "true" ? true : value === "false" ? false : typeof value === "boolean" ? value : undefined
    case "address":
      return typeof value === "string" && value.length <= 64 ? parseAddress(value) : undefined
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  return typeof value === "string" && value !== "" ? value.slice(0, longestText) : undefined
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined
  return typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined
}
