import { covers, familyOf, parseCidr, prefix } from "../../../src/core/index.ts"
import { AwsError } from "./errors.ts"
import type { Json } from "./statements.ts"
import { createVersioned, type Versioned } from "./versions.ts"

/** One entry of a network ACL; the default deny at the end stands among them. */
export interface AclEntry {
  readonly ruleNumber: number
  readonly egress: boolean
  readonly protocol: string
  readonly ruleAction: "allow" | "deny"
  readonly cidr: string
}

export interface Ec2Options {
  readonly account: string
  readonly now: () => number
  readonly staleMs: () => number
  /** Entries of one direction and family, the default deny among them. */
  readonly maxAclEntries: number
}

interface Acl {
  readonly region: string
  readonly id: string
  readonly entries: Versioned<readonly AclEntry[]>
}

/** The network ACLs of one account, by EC2's query protocol. */
export interface Ec2 {
  /** The answer's XML, without its envelope. */
  call(call: { readonly region: string; readonly action: string; readonly input: Json }): string
  resourcesOf(call: { readonly region: string; readonly action: string; readonly input: Json }): readonly string[]
  addNetworkAcl(region: string, entries?: readonly AclEntry[]): string
  entries(arn: string): readonly AclEntry[]
  change(arn: string, by: (entries: readonly AclEntry[]) => readonly AclEntry[]): void
  /** What happens to a packet from or to this address, as the first entry that matches says. */
  verdict(arn: string, egress: boolean, address: string): "allow" | "deny"
}

const defaults: readonly AclEntry[] = [false, true].flatMap((egress) => [
  { ruleNumber: 100, egress, protocol: "-1", ruleAction: "allow" as const, cidr: "0.0.0.0/0" },
  { ruleNumber: 101, egress, protocol: "-1", ruleAction: "allow" as const, cidr: "::/0" },
])
const ends: readonly AclEntry[] = [false, true].flatMap((egress) => [
  { ruleNumber: 32767, egress, protocol: "-1", ruleAction: "deny" as const, cidr: "0.0.0.0/0" },
  { ruleNumber: 32768, egress, protocol: "-1", ruleAction: "deny" as const, cidr: "::/0" },
])

export function createEc2({ account, now, staleMs, maxAclEntries }: Ec2Options): Ec2 {
  const acls = new Map<string, Acl>()
  const find = (region: string, id: unknown): Acl => {
    const found = [...acls.values()].find((acl) => acl.region === region && acl.id === id)
    if (found === undefined)
      throw new AwsError("InvalidNetworkAclID.NotFound", `The networkAcl ID '${String(id)}' does not exist`)
    return found
  }
  const current = (acl: Acl) => acl.entries.current() ?? []
  const sameSlot = (one: Pick<AclEntry, "ruleNumber" | "egress">, other: Pick<AclEntry, "ruleNumber" | "egress">) =>
    one.ruleNumber === other.ruleNumber && one.egress === other.egress
  const missing = ({ ruleNumber }: Pick<AclEntry, "ruleNumber">) =>
    new AwsError(
      "InvalidNetworkAclEntry.NotFound",
      `The network acl entry identified by ${ruleNumber} does not exist in the network ACL`,
    )

  const actions: Readonly<Record<string, (acl: Acl, input: Json) => string>> = {
    CreateNetworkAclEntry: (acl, input) => {
      const entry = entryOf(input)
      const entries = current(acl)
      if (entries.some((one) => sameSlot(one, entry)))
        throw new AwsError(
          "NetworkAclEntryAlreadyExists",
          `The network acl entry identified by ${entry.ruleNumber} already exists.`,
        )
      const alike = entries.filter(
        (one) => one.egress === entry.egress && familyOf(prefix(one.cidr)) === familyOf(prefix(entry.cidr)),
      )
      if (alike.length >= maxAclEntries)
        throw new AwsError(
          "NetworkAclEntryLimitExceeded",
          "The maximum number of network acl entries has been reached.",
        )
      acl.entries.write([...entries, entry])
      return "<return>true</return>"
    },
    ReplaceNetworkAclEntry: (acl, input) => {
      const entry = entryOf(input)
      if (!current(acl).some((one) => sameSlot(one, entry))) throw missing(entry)
      acl.entries.write(current(acl).map((one) => (sameSlot(one, entry) ? entry : one)))
      return "<return>true</return>"
    },
    DeleteNetworkAclEntry: (acl, input) => {
      const slot = { ruleNumber: Number(input.RuleNumber), egress: input.Egress === "true" }
      if (!current(acl).some((one) => sameSlot(one, slot))) throw missing(slot)
      acl.entries.write(current(acl).filter((one) => !sameSlot(one, slot)))
      return "<return>true</return>"
    },
    DescribeNetworkAcls: (acl) => {
      const items = (acl.entries.seen() ?? []).map(xmlOf).join("")
      return `<networkAclSet><item><networkAclId>${acl.id}</networkAclId><vpcId>vpc-1</vpcId><default>false</default><entrySet>${items}</entrySet><associationSet/><tagSet/></item></networkAclSet>`
    },
  }
  const arnOf = (region: string, id: unknown) => `arn:aws:ec2:${region}:${account}:network-acl/${String(id)}`
  const byArn = (arn: string): Acl => {
    const found = acls.get(arn)
    if (found === undefined) throw new Error(`the fake has no ${arn}`)
    return found
  }

  return {
    call: ({ region, action, input }) => {
      const perform = actions[action]
      if (perform === undefined) throw new AwsError("InvalidAction", `The action ${action} is not valid`)
      return perform(find(region, input.NetworkAclId ?? input["NetworkAclId.1"]), input)
    },
    // Reading can't be limited to some.
    resourcesOf: ({ region, action, input }) =>
      action.startsWith("Describe") ? ["*"] : [arnOf(region, input.NetworkAclId)],
    addNetworkAcl: (region, entries = defaults) => {
      const id = `acl-${(acls.size + 1).toString(16).padStart(17, "0")}`
      acls.set(arnOf(region, id), { region, id, entries: createVersioned([...entries, ...ends], now, staleMs) })
      return arnOf(region, id)
    },
    entries: (arn) => current(byArn(arn)),
    change: (arn, by) => byArn(arn).entries.write(by(current(byArn(arn)))),
    verdict: (arn, egress, address) =>
      current(byArn(arn))
        .toSorted((one, other) => one.ruleNumber - other.ruleNumber)
        .find((one) => one.egress === egress && covers(prefix(one.cidr), prefix(address)))?.ruleAction ?? "deny",
  }
}

function entryOf(input: Json): AclEntry {
  const cidr = parseCidr(String(input.CidrBlock ?? input.Ipv6CidrBlock))
  const ruleNumber = Number(input.RuleNumber)
  if (cidr === undefined || (input.CidrBlock === undefined) !== (familyOf(cidr) === 6))
    throw new AwsError("InvalidParameterValue", `Invalid value for CIDR block: ${String(input.CidrBlock)}`)
  if (!(ruleNumber >= 1 && ruleNumber <= 32766))
    throw new AwsError("InvalidParameterValue", `Invalid value for rule number: ${String(input.RuleNumber)}`)
  return {
    ruleNumber,
    egress: input.Egress === "true",
    protocol: String(input.Protocol),
    ruleAction: input.RuleAction === "allow" ? "allow" : "deny",
    // As the real one: host bits are cut.
    cidr,
  }
}

function xmlOf({ ruleNumber, egress, protocol, ruleAction, cidr }: AclEntry): string {
  const block = familyOf(prefix(cidr)) === 4 ? "cidrBlock" : "ipv6CidrBlock"
  return `<item><ruleNumber>${ruleNumber}</ruleNumber><protocol>${protocol}</protocol><ruleAction>${ruleAction}</ruleAction><egress>${egress}</egress><${block}>${cidr}</${block}></item>`
}
