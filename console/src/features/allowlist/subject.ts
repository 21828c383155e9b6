import type { AllowlistBody, NewAllowlistEntry } from "../../../../src/api/contract/index.ts"

export type Entry = AllowlistBody["items"][number]
type Subject = Pick<NewAllowlistEntry, "prefix" | "range" | "host" | "asn">

/** Which kind somebody means; whether it is right, the server says. */
export function subjectFrom(text: string): Subject {
  const what = text.trim()
  const [, asn] = /^as(\d+)$/i.exec(what) ?? []
  if (asn !== undefined) return { asn: Number(asn) }
  if (/^[0-9a-f.:]+\s*-\s*[0-9a-f.:]+$/i.test(what)) return { range: what.replace(/\s/g, "") }
  return /[g-z]/i.test(what) && what.includes(".") && !what.includes("/") ? { host: what } : { prefix: what }
}

export function nameOf({ prefix, range, host, asn }: Entry): string {
  return prefix ?? range ?? host ?? `AS${asn ?? "?"}`
}
