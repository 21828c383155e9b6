import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { createEc2, type Ec2 } from "./ec2.ts"
import { AwsError, invalidParameter } from "./errors.ts"
import { type IamPolicy, requirePermission } from "./iam.ts"
import { record } from "./statements.ts"
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
  readonly maxAclEntries?: number
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
  readonly ec2: Ec2
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
  const ec2 = createEc2({ account, now, staleMs: () => staleMs, maxAclEntries: options.maxAclEntries ?? 20 })
  const throttle = createThrottle({ write: options.writeRate ?? null, read: options.readRate ?? null }, now)
  const calls: Answered[] = []
  const failures = new Map<string, AwsError[]>()
  const intruders = new Map<string, ((call: Call) => void)[]>()
  const refusedAddresses = new Set<string>()
  const stalled = new Map<string, Promise<void>>()

  const admit = (call: Received) => {
    throttle(call.region, call.action)
    const resources = call.service === "ec2" ? ec2.resourcesOf(call) : waf.resourcesOf(call)
    requirePermission(policy, `${call.service}:${call.action}`, resources)
    const failure = failures.get(call.action)?.shift()
    if (failure !== undefined) throw failure
    intruders.get(call.action)?.shift()?.(call)
    const { Addresses, CidrBlock } = call.input
    if (typeof CidrBlock === "string" && refusedAddresses.has(CidrBlock))
      throw new AwsError("InvalidParameterValue", `CIDR block ${CidrBlock} is malformed`)
    const refused = Array.isArray(Addresses) ? Addresses.find((one) => refusedAddresses.has(one)) : undefined
    if (refused !== undefined) throw invalidParameter("IP_ADDRESS", refused, "The parameter is not taken.")
  }
  const perform = async (request: IncomingMessage, text: string): Promise<string> => {
    const call = callOf(request, text)
    const note = (error: string | null) =>
      void calls.push({ region: call.region, action: call.action, input: call.input, at: now(), error })
    try {
      await stalled.get(call.region)
      admit(call)
      const answer =
        call.service === "ec2"
          ? `<${call.action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>${ec2.call(call)}</${call.action}Response>`
          : JSON.stringify(waf.call(call))
      note(null)
      return answer
    } catch (error) {
      if (error instanceof AwsError) note(error.type)
      throw error
    }
  }
  const answer = async (request: IncomingMessage): Promise<{ readonly status: number; readonly body: string }> => {
    const text = await textOf(request)
    try {
      return { status: 200, body: await perform(request, text) }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return { status: error.status, body: isEc2(request) ? xmlError(error) : jsonError(error) }
    }
  }
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => ({ status: 500, body: jsonError(new AwsError("InternalFailure", String(error))) }))
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": isEc2(request) ? "text/xml" : "application/x-amz-json-1.1" })
        response.end(body)
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
    ec2,
    calls,
    changes: () => calls.filter(({ action, error }) => error === null && !/^(Get|List|Describe)/.test(action)),
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

interface Received extends Call {
  readonly service: "wafv2" | "ec2"
}

const isEc2 = ({ headers }: IncomingMessage) => (headers.authorization ?? "").includes("/ec2/aws4_request")

/** The call of a signed request: AWS JSON 1.1 for WAFV2, the query protocol for EC2. */
function callOf(request: IncomingMessage, text: string): Received {
  const { headers } = request
  const credential = /Credential=([^/]+)\/\d{8}\/([^/]+)\/(?:wafv2|ec2)\/aws4_request/.exec(headers.authorization ?? "")
  const [, caller, region] = credential ?? []
  if (caller === undefined || region === undefined)
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
  if (caller !== keyId)
    throw isEc2(request)
      ? new AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", { status: 401 })
      : new AwsError("UnrecognizedClientException", "The security token included in the request is invalid.")
  if (isEc2(request)) {
    const { Action = "", ...input } = Object.fromEntries(new URLSearchParams(text))
    return { service: "ec2", region, action: Action, input }
  }
  const action = /^AWSWAF_20190729\.(\w+)$/.exec(String(headers["x-amz-target"]))?.[1]
  if (action === undefined || headers["content-type"] !== "application/x-amz-json-1.1")
    throw new AwsError("UnknownOperationException", "The requested operation is not known")
  return { service: "wafv2", region, action, input: record(JSON.parse(text)) }
}

function jsonError({ type, message, members }: AwsError): string {
  return JSON.stringify({ __type: type, Message: message, message, ...members })
}

function xmlError({ type, message }: AwsError): string {
  // The same refusal has another name here.
  const code =
    type === "AccessDeniedException"
      ? "UnauthorizedOperation"
      : type === "ThrottlingException"
        ? "RequestLimitExceeded"
        : type
  const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>${escaped}</Message></Error></Errors><RequestID>1</RequestID></Response>`
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString("utf8")
}
