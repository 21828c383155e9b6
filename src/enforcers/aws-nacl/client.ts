import type { EC2Client } from "@aws-sdk/client-ec2"
import { type AwsApi, type AwsCall, awsErrorOf } from "../aws/call.ts"
import { record } from "../aws/json.ts"
import type { Pace } from "../aws/pace.ts"

export type NaclAction =
  | "CreateNetworkAclEntry"
  | "DeleteNetworkAclEntry"
  | "DescribeNetworkAcls"
  | "ReplaceNetworkAclEntry"
export type NaclCall = AwsCall<NaclAction>
export type NaclApi = AwsApi<NaclAction>

/** EC2 throttles an account by buckets of tokens, which others draw from as well; 80 entries, the most there can be, take 8 seconds. */
export const naclPace: Pace = { changes: { everyMs: 100, atOnce: 1 }, reads: { everyMs: 100, atOnce: 10 } }

const timeoutMs = 30_000

/** EC2's API by AWS's own SDK, which is loaded at the first call. */
export function createNaclApi(): NaclApi {
  const clients = new Map<string, Promise<EC2Client>>()
  const load = async (region: string) => {
    const { EC2Client } = await import("@aws-sdk/client-ec2")
    // Trying again is ours: it has to keep the pace.
    return new EC2Client({ region, maxAttempts: 1 })
  }
  return async ({ region, action, input }, signal) => {
    const client = clients.get(region) ?? load(region)
    clients.set(region, client)
    try {
      const sdk = await import("@aws-sdk/client-ec2")
      // Each command has its own types; what is sent is checked by the tests against a server.
      const Command = sdk[`${action}Command`] as new (
        input: unknown,
      ) => InstanceType<typeof sdk.DescribeNetworkAclsCommand>
      const abort = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      return record(await (await client).send(new Command(input), { abortSignal: abort }))
    } catch (error) {
      throw awsErrorOf(error)
    }
  }
}
