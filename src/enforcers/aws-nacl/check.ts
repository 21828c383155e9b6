import { familyOf } from "../../core/index.ts"
import { diagnose } from "../aws/diagnosis.ts"
import type { AwsFinding } from "../aws/finding.ts"
import { directions, families } from "./bring.ts"
import type { AwsNaclSettings, NetworkAclArn } from "./config.ts"
import { subjectOf } from "./diagnosis.ts"
import { roomsIn } from "./rooms.ts"
import { createTarget, type Entry, type Snapshot, type TargetDeps } from "./target.ts"

type Settings = Pick<AwsNaclSettings, "quota" | "ruleNumbers"> & { readonly networkAcl: NetworkAclArn }

/** Looks at a network ACL as the enforcer would, and changes nothing: connection, credentials, permission to read, and what is in the way. */
export async function checkAwsNacl(
  deps: TargetDeps,
  settings: Settings,
  signal: AbortSignal,
): Promise<readonly AwsFinding[]> {
  const { networkAcl } = settings
  try {
    const snapshot = await createTarget(deps, networkAcl, settings).read(signal)
    const count = `${networkAcl.id} (${networkAcl.region}) with ${snapshot.entries.length} entries`
    return [
      { what: "ACL", state: "ok", found: count },
      entriesIn(snapshot, settings),
      roomIn(snapshot, settings),
      orderIn(snapshot, settings),
    ]
  } catch (error) {
    return [{ what: "ACL", state: "failed", found: diagnose(error, subjectOf(networkAcl)) }]
  }
}

const nameOf = ({ direction, number, cidr }: Entry) => `${number} ${direction} (${cidr})`
const maxNamed = 5
const named = (entries: readonly Entry[]) =>
  `${entries.slice(0, maxNamed).map(nameOf).join(", ")}${entries.length > maxNamed ? ` and ${entries.length - maxNamed} more` : ""}`

function entriesIn({ entries }: Snapshot, { ruleNumbers: { from, to } }: Settings): AwsFinding {
  const ours = entries.filter(({ isOurs }) => isOurs)
  if (ours.length === 0) return { what: "entries", state: "ok", found: `none of Thwart's (rules ${from}-${to}) yet` }
  return {
    what: "entries",
    state: "warning",
    found: `rules ${named(ours)} are taken for Thwart's, and removed when no countermeasure wants them; where Thwart did not make them, choose ruleNumbers without them`,
  }
}

function roomIn(snapshot: Snapshot, settings: Settings): AwsFinding {
  const rooms = roomsIn(snapshot, new Map(), settings)
  const hasIpv6 = snapshot.entries.some(({ cidr }) => familyOf(cidr) === 6)
  const lines = directions.flatMap((direction) =>
    families
      .filter((family) => family === 4 || hasIpv6)
      .map((family) => ({ direction, family, room: Math.min(rooms(direction).of[family], rooms(direction).numbers) })),
  )
  const told = lines.map(({ direction, family, room }) => `${room} ${direction} for IPv${family}`).join(", ")
  const isTight = lines.some(({ room }) => room <= 0)
  return {
    what: "room",
    state: isTight ? "warning" : "ok",
    found: `${told} (quota ${settings.quota})${isTight ? "; have the quota raised and say so, or remove entries of others" : ""}`,
  }
}

function orderIn({ entries }: Snapshot, { ruleNumbers: { from, to } }: Settings): AwsFinding {
  const before = entries.filter((entry) => entry.allows && entry.number < to)
  if (before.length === 0)
    return { what: "order", state: "ok", found: "nothing lets traffic pass before Thwart's rules" }
  return {
    what: "order",
    state: "warning",
    found: `rules ${named(before)} let traffic pass before Thwart's (${from}-${to}) decide; give Thwart lower ruleNumbers`,
  }
}
