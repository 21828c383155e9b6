import type { WAFV2Client } from "@aws-sdk/client-wafv2"
import { type Json, record, text } from "./json.ts"

/** What the service answered instead of a result, or why nothing was answered; `name` is what the API calls it. */
export class WafError extends Error {
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

/** The error of the service behind anything that was thrown, however it is wrapped. */
export function wafErrorIn(thrown: unknown): WafError | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) if (error instanceof WafError) return error
  return undefined
}

export const wafActions = [
  "CreateIPSet",
  "DeleteIPSet",
  "GetIPSet",
  "GetWebACL",
  "ListIPSets",
  "ListWebACLs",
  "UpdateIPSet",
  "UpdateWebACL",
] as const
export type WafAction = (typeof wafActions)[number]

export interface WafCall {
  readonly region: string
  readonly action: WafAction
  readonly input: Json
}

/** One call of the API: JSON in and JSON out as they go over the wire; throws a WafError. It tries once. */
export type WafApi = (call: WafCall, signal: AbortSignal) => Promise<Json>

// A list of 10,000 addresses is half a megabyte.
const timeoutMs = 30_000

/** The API by AWS's own SDK, which is loaded at the first call; credentials and endpoint come from where AWS's tools have them. */
export function createWafApi(): WafApi {
  const clients = new Map<string, Promise<WAFV2Client>>()
  const load = async (region: string) => {
    const { WAFV2Client } = await import("@aws-sdk/client-wafv2")
    // Trying again is ours: it has to keep the pace.
    return new WAFV2Client({ region, maxAttempts: 1 })
  }
  return async ({ region, action, input }, signal) => {
    const client = clients.get(region) ?? load(region)
    clients.set(region, client)
    const answer: { json: Json } = { json: {} }
    try {
      const sdk = await import("@aws-sdk/client-wafv2")
      // Each command has its own types, and none matters here: what is sent and taken passes them by.
      const Command = sdk[`${action}Command`] as new (input: unknown) => InstanceType<typeof sdk.GetWebACLCommand>
      const command = new Command({})
      keepAllFields(command, input, answer)
      const abort = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      await (await client).send(command, { abortSignal: abort })
      return answer.json
    } catch (error) {
      throw errorOf(error)
    }
  }
}

/** Sends and takes JSON as it is: the SDK itself drops every field that is newer than it. */
function keepAllFields(
  command: {
    readonly middlewareStack: InstanceType<typeof import("@aws-sdk/client-wafv2").GetWebACLCommand>["middlewareStack"]
  },
  input: Json,
  answer: { json: Json },
): void {
  command.middlewareStack.add(
    (next) => (args) => {
      // Behind serialization a request has a body, and it is signed only later.
      const request = args.request as { body: unknown }
      request.body = JSON.stringify(input)
      return next(args)
    },
    { step: "build", priority: "high", name: "thwartSendAllFields" },
  )
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      // What comes from the connection, before anything has looked at it.
      const response = result.response as { statusCode: number; body: AsyncIterable<Uint8Array> | Uint8Array }
      const chunks: Uint8Array[] = []
      if (response.body instanceof Uint8Array) chunks.push(response.body)
      else for await (const chunk of response.body) chunks.push(chunk)
      const body = Buffer.concat(chunks)
      const isAnswer = response.statusCode < 300
      if (isAnswer) answer.json = record(JSON.parse(body.toString("utf8") || "{}"))
      // Errors are the SDK's to read; of a result it would keep only what it knows.
      response.body = new Uint8Array(isAnswer ? Buffer.from("{}") : body)
      return result
    },
    { step: "deserialize", priority: "low", name: "thwartTakeAllFields" },
  )
}

function errorOf(thrown: unknown): WafError {
  if (!(thrown instanceof Error)) return new WafError("Unknown", String(thrown))
  // All that the SDK's errors say stands in their message and these members.
  const { Field, Parameter, $metadata, code } = record({ ...thrown })
  const status = record($metadata).httpStatusCode
  return new WafError(text(code) || thrown.name, thrown.message, {
    field: text(Field),
    parameter: text(Parameter),
    ...(typeof status === "number" ? { status } : {}),
  })
}
