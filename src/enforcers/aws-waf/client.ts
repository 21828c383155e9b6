import type { WAFV2Client } from "@aws-sdk/client-wafv2"
import { type AwsApi, type AwsCall, awsErrorOf } from "../aws/call.ts"
import { type Json, record } from "../aws/json.ts"
import type { Pace } from "../aws/pace.ts"

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

export type WafCall = AwsCall<WafAction>

/** JSON in and JSON out, as they go over the wire. */
export type WafApi = AwsApi<WafAction>

/** In an account and region AWS takes one change a second of each kind, and five reads; a little less, since clocks differ. */
export const wafPace: Pace = { changes: { everyMs: 1050, atOnce: 1 }, reads: { everyMs: 220, atOnce: 4 } }

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
      throw awsErrorOf(error)
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
