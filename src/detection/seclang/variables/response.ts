import type { Transaction } from "../run/transaction.ts"
import { createValue, type Value } from "../run/value.ts"
import { collection, namesOf, single } from "./variable.ts"

const headers = ({ observation }: Transaction): readonly Value[] =>
  (observation.response?.headers ?? []).map(({ name, value }) => createValue(name, value))

const contentType = ({ observation }: Transaction) =>
  (observation.response?.headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "")
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
  single("RESPONSE_STATUS", ({ observation }) => observation.response?.status, [3]),
  single("RESPONSE_PROTOCOL", ({ observation }) => observation.response?.protocol, [3]),
  single(
    "STATUS_LINE",
    ({ observation: { response } }) =>
      response === null ? undefined : `${response.protocol} ${response.status} ${response.reason}`,
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
