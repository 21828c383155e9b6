import type { Comparison, Expression } from "../../filter/index.ts"

/** The values of `event_type` that an expression can hold for; null: any. */
export function eventKindsOf(expression: Expression): ReadonlySet<string> | null {
  switch (expression.kind) {
    case "and":
      return expression.parts.map(eventKindsOf).reduce(both, null)
    case "or": {
      const parts = expression.parts.map(eventKindsOf)
      return parts.some((kinds) => kinds === null) ? null : new Set(parts.flatMap((kinds) => [...(kinds ?? [])]))
    }
    case "compare":
      return kindsIn(expression)
    case "not":
    case "broken":
      return null
  }
}

function kindsIn({ field, operator, negated, values }: Comparison): ReadonlySet<string> | null {
  if (field.name !== "event_type" || negated || (operator !== "=" && operator !== "in")) return null
  return new Set(values.map(({ value }) => String(value)))
}

function both(one: ReadonlySet<string> | null, other: ReadonlySet<string> | null): ReadonlySet<string> | null {
  if (one === null || other === null) return one ?? other
  return new Set([...one].filter((kind) => other.has(kind)))
}
