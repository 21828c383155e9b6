import { collection, namesOf, single } from "./variable.ts"

export const requestHeaders = [
  collection("REQUEST_HEADERS", ({ request }) => request.headers()),
  collection("REQUEST_HEADERS_NAMES", (transaction) => namesOf(transaction.request.headers(), transaction)),
  collection("REQUEST_COOKIES", ({ request }) => request.cookies()),
  collection("REQUEST_COOKIES_NAMES", (transaction) => namesOf(transaction.request.cookies(), transaction)),
  single("AUTH_TYPE", ({ request }) => /^\s*(\S+)/.exec(request.header("authorization") ?? "")?.[1]),
  single("SERVER_NAME", ({ request }) => (request.header("host") ?? "").replace(/:\d*$/, "")),
]
