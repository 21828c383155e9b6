import type { Transaction } from "../run/transaction.ts"
import { createValue, type Value } from "../run/value.ts"
import { collection, namesOf, single } from "./variable.ts"

/** The answer is none of the phases of the request, though it is known by then. */
const responseOf = ({ observation, phase }: Transaction) => (phase < 3 ? null : observation.response)

const headers = (transaction: Transaction): readonly Value[] =>
  (responseOf(transaction)?.headers ?? []).map(({ name, value }) => createValue(name, value))

const contentType = (transaction: Transaction) =>
  (responseOf(transaction)?.headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "")
    .split(";", 1)[0]
    ?.trim()
    .toLowerCase()

/** The body as far as the settings let rules see it. */
function bodyOf(transaction: Transaction): string | undefined {
  const { observation, settings, phase } = transaction
  if (observation.response === null || phase < 4 || !settings.responseBodyAccess) return undefined
  const types = settings.responseBodyMimeTypes
  if (types !== null && !types.has(contentType(transaction) ?? "")) return undefined
  return observation.response.body.slice(0, settings.responseBodyLimit)
}

export const response = [
  single("RESPONSE_STATUS", (transaction) => responseOf(transaction)?.status, [3]),
  single("RESPONSE_PROTOCOL", (transaction) => responseOf(transaction)?.protocol, [3]),
  single(
    "STATUS_LINE",
    (transaction) => {
      const response = responseOf(transaction)
      return response === null ? undefined : `${response.protocol} ${response.status} ${response.reason}`
    },
    [3],
  ),
  collection("RESPONSE_HEADERS", headers, [3]),
  collection("RESPONSE_HEADERS_NAMES", (transaction) => namesOf(headers(transaction), transaction), [3]),
  single("RESPONSE_CONTENT_TYPE", contentType, [3]),
  single("RESPONSE_BODY", bodyOf, [4]),
  single("RESPONSE_CONTENT_LENGTH", (transaction) => bodyOf(transaction)?.length ?? 0, [4]),
  single(
    "OUTBOUND_DATA_ERROR",
    ({ observation: { response }, settings }) =>
      response !== null && (response.bodyTruncated || response.body.length > settings.responseBodyLimit) ? 1 : 0,
    [4],
  ),
]
