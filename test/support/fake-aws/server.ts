import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { AwsError, invalidParameter } from "./errors.ts"
import { type IamPolicy, requirePermission } from "./iam.ts"
import { type Json, record } from "./statements.ts"
import { createThrottle, type Rate } from "./throttle.ts"
import { type Call, createWafv2, type Wafv2 } from "./wafv2.ts"

export interface FakeAwsOptions {
  /** Time for throttling and for how long reads stay old. */
  readonly now?: () => number
  readonly staleMs?: number
  /** For each action in each region; null: none. The real server takes one change a second. */
  readonly writeRate?: Rate | null
  readonly readRate?: Rate | null
  readonly maxIpSets?: number
  readonly maxCapacity?: number
  readonly pageSize?: number
  /** What the caller may do; null: everything. */
  readonly policy?: IamPolicy | null
}

export interface Answered extends Call {
  readonly at: number
  /** The name of the error that it was answered with. */
  readonly error: string | null
}

/** AWS as far as Thwart uses it: the wire protocols, limits, lock tokens, throttling and delays of the real one, in this process. */
export interface FakeAws extends AsyncDisposable {
  readonly url: string
  /** What an SDK needs in its environment to come here. */
  readonly env: Readonly<Record<string, string>>
  readonly account: string
  readonly waf: Wafv2
  /** Every call, oldest first. */
  readonly calls: readonly Answered[]
  /** The calls that change something and were answered well. */
  changes(): readonly Answered[]
  forgetCalls(): void
  setStaleMs(ms: number): void
  setPolicy(policy: IamPolicy | null): void
  /** Answers the next calls of an action with this error instead. */
  fail(action: string, error: AwsError, times?: number): void
  /** Runs right before an action is looked at, as another writer would come in between. */
  before(action: string, run: (call: Call) => void): void
  /** An address that the server does not take from now on, whatever it looks like. */
  refuseAddress(address: string): void
  /** Holds back the answers of a region until the function it returns is called. */
  stall(region: string): () => void
}

const keyId = "AKIAFAKEAWSFORTHWART"

export async function startFakeAws(options: FakeAwsOptions = {}): Promise<FakeAws> {
  const now = options.now ?? Date.now
  const account = "111122223333"
  let staleMs = options.staleMs ?? 0
  let policy = options.policy ?? null
  const waf = createWafv2({
    account,
    now,
    staleMs: () => staleMs,
    maxIpSets: options.maxIpSets ?? 100,
    maxCapacity: options.maxCapacity ?? 5000,
    pageSize: options.pageSize ?? 100,
  })
  const throttle = createThrottle({ write: options.writeRate ?? null, read: options.readRate ?? null }, now)
  const calls: Answered[] = []
  const failures = new Map<string, AwsError[]>()
  const intruders = new Map<string, ((call: Call) => void)[]>()
  const refusedAddresses = new Set<string>()
  const stalled = new Map<string, Promise<void>>()

  const perform = (call: Call): Json => {
    throttle(call.region, call.action)
    requirePermission(policy, `wafv2:${call.action}`, waf.resourcesOf(call))
    const failure = failures.get(call.action)?.shift()
    if (failure !== undefined) throw failure
    intruders.get(call.action)?.shift()?.(call)
    const { Addresses } = call.input
    const refused = Array.isArray(Addresses) ? Addresses.find((one) => refusedAddresses.has(one)) : undefined
    if (refused !== undefined) throw invalidParameter("IP_ADDRESS", refused, "The parameter is not taken.")
    return waf.call(call)
  }
  const answer = async (request: IncomingMessage): Promise<{ readonly status: number; readonly body: Json }> => {
    const text = await textOf(request)
    let call: Call | undefined
    try {
      call = callOf(request, text)
      await stalled.get(call.region)
      const body = perform(call)
      calls.push({ ...call, at: now(), error: null })
      return { status: 200, body }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      if (call !== undefined) calls.push({ ...call, at: now(), error: error.type })
      return {
        status: error.status,
        body: { __type: error.type, Message: error.message, message: error.message, ...error.members },
      }
    }
  }
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => ({ status: 500, body: { __type: "InternalFailure", message: String(error) } }))
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" })
        response.end(JSON.stringify(body))
      })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  // A server that listens on a port has an address that is an object.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    env: { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: "secret" },
    account,
    waf,
    calls,
    changes: () => calls.filter(({ action, error }) => error === null && !/^(Get|List)/.test(action)),
    forgetCalls: () => void calls.splice(0),
    setStaleMs: (ms) => {
      staleMs = ms
    },
    setPolicy: (next) => {
      policy = next
    },
    fail: (action, error, times = 1) =>
      void failures.set(action, [...(failures.get(action) ?? []), ...Array.from({ length: times }, () => error)]),
    before: (action, run) => void intruders.set(action, [...(intruders.get(action) ?? []), run]),
    refuseAddress: (address) => void refusedAddresses.add(address),
    stall: (region) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      stalled.set(region, promise)
      return () => {
        stalled.delete(region)
        resolve()
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** The call of a signed request in the AWS JSON 1.1 protocol. */
function callOf({ headers }: IncomingMessage, text: string): Call {
  const credential = /Credential=([^/]+)\/\d{8}\/([^/]+)\/wafv2\/aws4_request/.exec(headers.authorization ?? "")
  const [, caller, region] = credential ?? []
  if (caller === undefined || region === undefined)
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
  if (caller !== keyId)
    throw new AwsError("UnrecognizedClientException", "The security token included in the request is invalid.")
  const action = /^AWSWAF_20190729\.(\w+)$/.exec(String(headers["x-amz-target"]))?.[1]
  if (action === undefined || headers["content-type"] !== "application/x-amz-json-1.1")
    throw new AwsError("UnknownOperationException", "The requested operation is not known")
  return { region, action, input: record(JSON.parse(text)) }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString("utf8")
}
