import { type Json, record, text } from "./json.ts"

/** What AWS answered instead of a result, or why nothing was answered; `name` is what the API calls it. */
export class AwsError extends Error {
  override readonly name: string
  /** Which part of the request is meant, and its value, where the service says so. */
  readonly field: string
  readonly parameter: string
  readonly status: number | undefined

  constructor(
    name: string,
    message: string,
    {
      field = "",
      parameter = "",
      status,
    }: { readonly field?: string; readonly parameter?: string; readonly status?: number } = {},
  ) {
    super(message)
    this.name = name
    this.field = field
    this.parameter = parameter
    this.status = status
  }
}

/** The error of AWS behind anything that was thrown, however it is wrapped. */
export function awsErrorIn(thrown: unknown): AwsError | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) if (error instanceof AwsError) return error
  return undefined
}

export interface AwsCall<Action extends string = string> {
  readonly region: string
  readonly action: Action
  readonly input: Json
}

/** One call of an API of AWS; throws an AwsError. It tries once. */
export type AwsApi<Action extends string = string> = (call: AwsCall<Action>, signal: AbortSignal) => Promise<Json>

/** What an SDK threw, as far as anybody here needs it. */
export function awsErrorOf(thrown: unknown): AwsError {
  if (!(thrown instanceof Error)) return new AwsError("Unknown", String(thrown))
  // All that the SDK's errors say stands in their message and these members.
  const { Field, Parameter, $metadata, code } = record({ ...thrown })
  const status = record($metadata).httpStatusCode
  return new AwsError(text(code) || thrown.name, thrown.message, {
    field: text(Field),
    parameter: text(Parameter),
    ...(typeof status === "number" ? { status } : {}),
  })
}
