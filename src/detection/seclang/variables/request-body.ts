import type { Transaction } from "../run/transaction.ts"
import { single } from "./variable.ts"

const flag = (name: string, of: (transaction: Transaction) => boolean | undefined) =>
  single(name, (transaction) => (of(transaction) === true ? 1 : 0), [2])

export const requestBody = [
  single("REQUEST_BODY", ({ body }) => body?.raw, [2]),
  single(
    "REQUEST_BODY_LENGTH",
    ({ body, request }) => body?.raw.length ?? Number(request.header("content-length") ?? 0),
    [2],
  ),
  single("REQBODY_PROCESSOR", ({ bodyProcessor }) => bodyProcessor, "always"),
  flag("REQBODY_ERROR", ({ body }) => body !== undefined && body.error !== null),
  single("REQBODY_ERROR_MSG", ({ body }) => body?.error ?? "", [2]),
  flag("REQBODY_PROCESSOR_ERROR", ({ body }) => body !== undefined && body.error !== null),
  single("REQBODY_PROCESSOR_ERROR_MSG", ({ body }) => body?.error ?? "", [2]),
  flag("INBOUND_DATA_ERROR", ({ body, observation }) => body?.tooLong === true || observation.request.bodyTruncated),
  flag("URLENCODED_ERROR", ({ body, request }) => request.badEncoding() || body?.badEncoding === true),
  single("FULL_REQUEST", ({ request, body }) => request.head() + (body?.raw ?? ""), [2]),
  single("FULL_REQUEST_LENGTH", ({ request, body }) => request.head().length + (body?.raw.length ?? 0), [2]),
]
