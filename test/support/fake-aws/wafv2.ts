import { randomUUID } from "node:crypto"
import { checkedAddresses } from "./addresses.ts"
import { AwsError, associated, duplicate, invalidParameter, limitsExceeded, nonexistent, staleLock } from "./errors.ts"
import {
  capacityOf,
  checkRules,
  type Json,
  type KnownSets,
  record,
  records,
  referencesIn,
  verdictOf,
  type WebRequest,
} from "./statements.ts"
import { createVersioned, type Versioned } from "./versions.ts"

export interface Wafv2Options {
  readonly account: string
  readonly now: () => number
  /** How long a read after a write may still be old. */
  readonly staleMs: () => number
  readonly maxIpSets: number
  readonly maxCapacity: number
  /** At most this many in a page, whatever `Limit` asks for. */
  readonly pageSize: number
}

/** Everything of a resource that a call can change, with the token that marks this state. */
interface State {
  readonly body: Json
  readonly token: string
}

interface Resource {
  readonly kind: "ipset" | "webacl"
  readonly region: string
  readonly scope: string
  readonly name: string
  readonly id: string
  readonly arn: string
  readonly state: Versioned<State>
}

export interface Call {
  readonly region: string
  readonly action: string
  readonly input: Json
}

/** What one account has in AWS WAF, in every region. */
export interface Wafv2 {
  call(call: Call): Json
  /** What the caller needs permission for, as ARNs. */
  resourcesOf(call: Call): readonly string[]
  addWebAcl(webAcl: {
    readonly region: string
    readonly scope: "REGIONAL" | "CLOUDFRONT"
    readonly name: string
    readonly body?: Json
  }): string
  addIpSet(set: {
    readonly region: string
    readonly scope: "REGIONAL" | "CLOUDFRONT"
    readonly name: string
    readonly body?: Json
  }): string
  /** The truth about a web ACL, as `GetWebACL` would tell it at last. */
  webAcl(arn: string): Json
  ipSets(): readonly (Json & { readonly Name: string; readonly ARN: string; readonly Addresses: readonly string[] })[]
  /** A change by somebody else. */
  change(arn: string, by: (body: Json) => Json): void
  remove(arn: string): void
  verdict(webAclArn: string, request: WebRequest): string
}

const namePattern = /^[\w-]{1,128}$/
const descriptionPattern = /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]{0,254}[\w+=:#@/\-,.]$/
// What says which resource is meant, rather than what it shall be.
const unchanging = ["Id", "Name", "Scope", "LockToken"]

export function createWafv2(options: Wafv2Options): Wafv2 {
  const { account, now, staleMs } = options
  const resources = new Map<string, Resource>()

  const add = (kind: Resource["kind"], of: Pick<Resource, "region" | "scope" | "name">, body: Json): Resource => {
    const id = randomUUID()
    const place = of.scope === "CLOUDFRONT" ? "global" : "regional"
    const arn = `arn:aws:wafv2:${of.region}:${account}:${place}/${kind}/${of.name}/${id}`
    const state = createVersioned<State>({ body, token: randomUUID() }, now, staleMs)
    const resource: Resource = { kind, ...of, id, arn, state }
    resources.set(arn, resource)
    return resource
  }
  const existing = (kind: Resource["kind"], region: string, scope: unknown) =>
    [...resources.values()].filter(
      (one) => one.kind === kind && one.region === region && one.scope === scope && one.state.current() !== undefined,
    )
  const find = (kind: Resource["kind"], region: string, { Scope, Id, Name }: Json): Resource => {
    const found = [...resources.values()].find(
      (one) => one.kind === kind && one.region === region && one.scope === Scope && one.id === Id && one.name === Name,
    )
    if (found === undefined) throw nonexistent()
    return found
  }
  const currentOf = (resource: Resource): State => {
    const state = resource.state.current()
    if (state === undefined) throw nonexistent()
    return state
  }
  const sets: KnownSets = {
    stateOf: (arn) => {
      const resource = resources.get(arn)
      if (resource === undefined || resource.state.current() === undefined) return "missing"
      return resource.state.seen() === undefined ? "too new" : "ready"
    },
    addressesOf: (arn) => strings(resources.get(arn)?.state.current()?.body.Addresses),
  }
  const update = (resource: Resource, { LockToken }: Json, body: Json): Json => {
    if (currentOf(resource).token !== LockToken) throw staleLock()
    const token = randomUUID()
    resource.state.write({ body, token })
    return { NextLockToken: token }
  }
  const list = (kind: Resource["kind"], region: string, { Scope, Limit, NextMarker }: Json) => {
    const all = [...resources.values()].filter(
      (one) => one.kind === kind && one.region === region && one.scope === Scope && one.state.seen() !== undefined,
    )
    const start = NextMarker === undefined ? 0 : all.findIndex(({ name }) => name === NextMarker) + 1
    const page = all.slice(start, start + Math.min(Number(Limit ?? 100), options.pageSize))
    const last = page.at(-1)
    const more = last !== undefined && start + page.length < all.length
    return {
      items: page.map(({ name, id, arn, state }) => ({
        Name: name,
        Id: id,
        ARN: arn,
        Description: state.seen()?.body.Description ?? "",
        LockToken: state.seen()?.token,
      })),
      marker: more ? { NextMarker: last.name } : {},
    }
  }
  const checkName = (name: unknown): string => {
    if (typeof name !== "string" || !namePattern.test(name))
      throw invalidParameter("NAME", String(name), "The parameter contains formatting that is not valid.")
    return name
  }
  const checkDescription = ({ Description }: Json) => {
    if (Description !== undefined && !descriptionPattern.test(String(Description)))
      throw new AwsError("ValidationException", `Value '${Description}' at 'description' failed to satisfy constraint`)
  }
  const checkedRules = (body: Json): Json => {
    const rules = records(body.Rules)
    checkRules(rules, sets)
    const units = capacityOf(rules)
    if (units > options.maxCapacity)
      throw invalidParameter("WEB_ACL", String(units), "You exceeded the capacity limit for a rule group or web ACL.")
    return body
  }

  const actions: Readonly<Record<string, (region: string, input: Json) => Json>> = {
    CreateIPSet: (region, input) => {
      const name = checkName(input.Name)
      checkDescription(input)
      const addresses = checkedAddresses(input.Addresses, input.IPAddressVersion)
      const there = existing("ipset", region, input.Scope)
      if (there.some((one) => one.name === name)) throw duplicate()
      if (there.length >= options.maxIpSets) throw limitsExceeded("IP sets")
      checkCount(addresses)
      const set = add(
        "ipset",
        { region, scope: String(input.Scope), name },
        {
          Description: input.Description ?? "",
          IPAddressVersion: input.IPAddressVersion,
          Addresses: addresses,
        },
      )
      const { arn, id } = set
      return {
        Summary: {
          Name: name,
          Id: id,
          ARN: arn,
          LockToken: currentOf(set).token,
          Description: input.Description ?? "",
        },
      }
    },
    GetIPSet: (region, input) => {
      const set = find("ipset", region, input)
      const seen = set.state.seen()
      if (seen === undefined) throw nonexistent()
      return { IPSet: { Name: set.name, Id: set.id, ARN: set.arn, ...seen.body }, LockToken: seen.token }
    },
    UpdateIPSet: (region, input) => {
      const set = find("ipset", region, input)
      const { body } = currentOf(set)
      checkDescription(input)
      const addresses = checkedAddresses(input.Addresses, body.IPAddressVersion)
      checkCount(addresses)
      const Description = input.Description ?? body.Description
      return update(set, input, { ...body, Description, Addresses: addresses })
    },
    DeleteIPSet: (region, input) => {
      const set = find("ipset", region, input)
      if (currentOf(set).token !== input.LockToken) throw staleLock()
      const users = [...resources.values()].filter(
        ({ kind, state }) =>
          kind === "webacl" &&
          records(state.current()?.body.Rules).some(({ Statement }) =>
            referencesIn(record(Statement)).includes(set.arn),
          ),
      )
      if (users.length > 0) throw associated()
      set.state.write(undefined)
      return {}
    },
    ListIPSets: (region, input) => {
      const { items, marker } = list("ipset", region, input)
      return { IPSets: items, ...marker }
    },
    ListWebACLs: (region, input) => {
      const { items, marker } = list("webacl", region, input)
      return { WebACLs: items, ...marker }
    },
    GetWebACL: (region, input) => {
      const acl = find("webacl", region, input)
      const seen = acl.state.seen()
      if (seen === undefined) throw nonexistent()
      return { WebACL: toldOf(acl, seen.body), LockToken: seen.token }
    },
    UpdateWebACL: (region, input) => {
      const acl = find("webacl", region, input)
      currentOf(acl)
      checkDescription(input)
      if (input.DefaultAction === undefined || input.VisibilityConfig === undefined)
        throw invalidParameter("WEB_ACL", "WebACL", "You are missing a required setting.")
      // As the real one: it replaces everything, and what is not sent is gone.
      const body = Object.fromEntries(Object.entries(input).filter(([key]) => !unchanging.includes(key)))
      return update(acl, input, checkedRules(body))
    },
  }

  const seenBody = (resource: Resource): Json => resource.state.current()?.body ?? {}
  const byArn = (arn: string): Resource => {
    const found = resources.get(arn)
    if (found === undefined) throw new Error(`the fake has no ${arn}`)
    return found
  }
  const place = ({ region, input }: Call) =>
    `arn:aws:wafv2:${region}:${account}:${input.Scope === "CLOUDFRONT" ? "global" : "regional"}`

  return {
    call: ({ region, action, input }) => {
      const perform = actions[action]
      if (perform === undefined) throw new AwsError("UnknownOperationException", `${action} is not modelled`)
      if (input.Scope === "CLOUDFRONT" && region !== "us-east-1")
        throw invalidParameter("SCOPE_VALUE", "CLOUDFRONT", "The scope is not valid.")
      return perform(region, input)
    },
    resourcesOf: (call) => {
      const { action, input } = call
      const own = (kind: string) => `${place(call)}/${kind}/${input.Name}/${input.Id ?? "*"}`
      if (action.startsWith("List")) return ["*"]
      if (action.endsWith("IPSet")) return [own("ipset")]
      if (action !== "UpdateWebACL") return [own("webacl")]
      // The same action is checked on everything that the rules refer to.
      const rules = records(input.Rules).map(({ Statement }) => record(Statement))
      const managed = rules.some((statement) => "ManagedRuleGroupStatement" in statement)
      const groups = rules.flatMap((statement) => {
        const { ARN } = record(statement.RuleGroupReferenceStatement)
        return typeof ARN === "string" ? [ARN] : []
      })
      return [
        own("webacl"),
        ...rules.flatMap(referencesIn),
        ...groups,
        ...(managed ? [`${place(call)}/managedruleset/`] : []),
      ]
    },
    addWebAcl: ({ region, scope, name, body }) =>
      add("webacl", { region, scope, name }, { ...emptyWebAcl(name), ...body }).arn,
    addIpSet: ({ region, scope, name, body }) =>
      add("ipset", { region, scope, name }, { Description: "", IPAddressVersion: "IPV4", Addresses: [], ...body }).arn,
    webAcl: (arn) => seenBody(byArn(arn)),
    ipSets: () =>
      [...resources.values()]
        .filter(({ kind, state }) => kind === "ipset" && state.current() !== undefined)
        .map((one) => ({
          ...seenBody(one),
          Name: one.name,
          ARN: one.arn,
          Addresses: strings(seenBody(one).Addresses),
        })),
    change: (arn, by) => {
      const resource = byArn(arn)
      resource.state.write({ body: by(currentOf(resource).body), token: randomUUID() })
    },
    remove: (arn) => byArn(arn).state.write(undefined),
    verdict: (arn, request) => verdictOf(seenBody(byArn(arn)), request, sets),
  }
}

function emptyWebAcl(name: string): Json {
  return {
    DefaultAction: { Allow: {} },
    Rules: [],
    VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: name },
  }
}

/** With what the server adds itself. */
function toldOf({ name, id, arn }: Resource, body: Json): Json {
  return {
    Name: name,
    Id: id,
    ARN: arn,
    Capacity: capacityOf(records(body.Rules)),
    ManagedByFirewallManager: false,
    RetrofittedByFirewallManager: false,
    LabelNamespace: `awswaf:111122223333:webacl:${name}:`,
    ...body,
  }
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function checkCount(addresses: readonly string[]): void {
  if (addresses.length > 10_000) throw limitsExceeded("addresses in an IP set")
}
