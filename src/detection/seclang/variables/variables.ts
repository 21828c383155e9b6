import { createRegistry } from "../registry.ts"
import type { Phase, Refreshed, Transaction } from "../run/transaction.ts"
import { type Collection, createCollection } from "../run/value.ts"
import { args } from "./arguments.ts"
import { connection } from "./connection.ts"
import { files } from "./files.ts"
import { matched } from "./matched.ts"
import { multipart } from "./multipart.ts"
import { persistent } from "./persistent.ts"
import { requestBody } from "./request-body.ts"
import { requestHeaders } from "./request-headers.ts"
import { requestLine } from "./request-line.ts"
import { response } from "./response.ts"
import { rules } from "./rules.ts"
import { time } from "./time.ts"
import type { VariableDefinition } from "./variable.ts"
import { xml } from "./xml.ts"

/** Every variable; a compiled rule knows it by its place in this list. */
export const variables: readonly VariableDefinition[] = [
  ...args,
  ...requestLine,
  ...requestHeaders,
  ...requestBody,
  ...files,
  ...multipart,
  ...xml,
  ...response,
  ...connection,
  ...time,
  ...matched,
  ...rules,
  ...persistent,
]

/** ModSecurity has these and Thwart does not; a rule that names one is refused. */
export const unsupportedVariables: ReadonlyMap<string, string> = new Map([
  ["WEBSERVER_ERROR_LOG", "no web server's log is read"],
  ["PERF_ALL", "time spent in single phases is not measured"],
  ["SCRIPT_FILENAME", "the web server's files are not known"],
])

const find = createRegistry(variables)

export interface NumberedVariable {
  readonly definition: VariableDefinition
  readonly number: number
}

export function findVariable(name: string): NumberedVariable | undefined {
  const definition = find(name)
  return definition === undefined ? undefined : { definition, number: variables.indexOf(definition) }
}

/** The values of a variable now; kept until a phase brings something new to it. */
export function collectionOf(transaction: Transaction, { definition, number }: NumberedVariable): Collection {
  if (definition.fresh === "always") return createCollection(definition.read(transaction))
  const known = transaction.collections[number]
  if (known !== undefined) return known
  const collection = createCollection(definition.read(transaction))
  transaction.collections[number] = collection
  return collection
}

const broughtIn = (phase: Phase) =>
  variables.flatMap(({ fresh = [] }, number) => (fresh !== "always" && fresh.includes(phase) ? [number] : []))
const broughtBy: Refreshed = { 1: broughtIn(1), 2: broughtIn(2), 3: broughtIn(3), 4: broughtIn(4), 5: broughtIn(5) }

function forget(known: unknown[], numbers: readonly number[]): void {
  for (const number of numbers) if (number < known.length) known[number] = undefined
}

/** Forgets the variables that the phase which begins now brings something new to. */
export function refresh(transaction: Transaction): void {
  forget(transaction.collections, broughtBy[transaction.phase])
  forget(transaction.selections, transaction.refreshed[transaction.phase])
}
