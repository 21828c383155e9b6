import type { Transaction } from "../run/transaction.ts"
import type { Value } from "../run/value.ts"
import { collection, namesOf, single } from "./variable.ts"

const fromQuery = ({ request }: Transaction) => request.arguments()
const fromBody = ({ body }: Transaction) => body?.fields ?? []
const all = (transaction: Transaction): readonly Value[] => {
  const posted = fromBody(transaction)
  const asked = fromQuery(transaction)
  if (posted.length === 0) return asked
  return asked.length === 0 ? posted : [...asked, ...posted]
}

export const args = [
  collection("ARGS", all, [2]),
  collection("ARGS_NAMES", (transaction) => namesOf(all(transaction), transaction), [2]),
  collection("ARGS_GET", fromQuery),
  collection("ARGS_GET_NAMES", (transaction) => namesOf(fromQuery(transaction), transaction)),
  collection("ARGS_POST", fromBody, [2]),
  collection("ARGS_POST_NAMES", (transaction) => namesOf(fromBody(transaction), transaction), [2]),
  single(
    "ARGS_COMBINED_SIZE",
    (transaction) => all(transaction).reduce((size, { key, text }) => size + key.length + text.length, 0),
    [2],
  ),
]
