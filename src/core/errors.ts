/** Every code that Thwart throws or prints; each stands in docs/reference/errors.md with what to do about it. */
export const errorCodes = [
  "THWART_ADDRESS_INVALID",
  "THWART_API_REFUSED",
  "THWART_API_UNREACHABLE",
  "THWART_AWS_FAILED",
  "THWART_CAPTURE_FAILED",
  "THWART_CONFIG_INVALID",
  "THWART_CONSOLE_MISSING",
  "THWART_CONTAINERS_FAILED",
  "THWART_FETCH_FAILED",
  "THWART_FILE_UNREADABLE",
  "THWART_FORMAT_UNKNOWN",
  "THWART_GUARDRAIL_REFUSED",
  "THWART_LISTEN_INSECURE",
  "THWART_LISTEN_FAILED",
  "THWART_NFT_FAILED",
  "THWART_NOT_FOUND",
  "THWART_PLUGIN_DUPLICATE",
  "THWART_PLUGIN_UNKNOWN",
  "THWART_REPORT_INVALID",
  "THWART_RULES_INVALID",
  "THWART_RULES_MISSING",
  "THWART_STORE_FAILED",
  "THWART_USAGE",
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** What failed, with which value, and what to do; `code` is stable, the message is for people. */
export class ThwartError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = "ThwartError"
    this.code = code
  }
}

/** The message of anything that was thrown, with the causes behind it. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return thrown.cause === undefined ? thrown.message : `${thrown.message}: ${messageOf(thrown.cause)}`
}
