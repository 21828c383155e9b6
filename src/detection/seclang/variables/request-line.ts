import { single } from "./variable.ts"

export const requestLine = [
  single("REQUEST_METHOD", ({ observation }) => observation.request.method),
  single("REQUEST_PROTOCOL", ({ observation }) => observation.request.protocol),
  single("REQUEST_LINE", ({ observation: { request } }) => `${request.method} ${request.target} ${request.protocol}`),
  single("REQUEST_URI_RAW", ({ observation }) => observation.request.target),
  single("REQUEST_URI", ({ request }) => request.uri()),
  single("REQUEST_FILENAME", ({ request }) => request.filename()),
  single("REQUEST_BASENAME", ({ request }) => /[^/\\]*$/.exec(request.filename())?.[0] ?? ""),
  single("PATH_INFO", ({ request }) => request.filename()),
  single("QUERY_STRING", ({ request }) => request.query()),
]
