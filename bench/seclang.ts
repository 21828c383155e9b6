import { spawnSync } from "node:child_process"
import { join } from "node:path"
import type { Bench, Figure } from "./figure.ts"
import { attacks } from "./seclang/attacks.ts"
import { createMix, kinds, type MixRequest } from "./seclang/mix.ts"
import { hasNginx, startNginx } from "./seclang/nginx.ts"
import { crs, hasCrs, ruleSet } from "./seclang/rule-set.ts"

// A request costs libmodsecurity some 10 ms: enough of them to measure by hundredths of a second.
const peerRounds = 20
const ourRounds = 600

interface Ours {
  readonly perSecond: number
  readonly alerts: number
  readonly p50: number
  readonly p99: number
  readonly attacksPerSecond: number
  readonly attackAlerts: number
  readonly attacks: number
  readonly loadSeconds: number
  readonly rules: number
  readonly rssMegabytes: number
}

interface Peer {
  readonly perSecond: number
  readonly attacksPerSecond: number
}

interface Measured {
  readonly peer: Peer | undefined
  /** Megabytes. */
  readonly memory: number
}

/**
 * The Core Rule Set over the same benign requests, here and in nginx with libmodsecurity, detection only: requests per CPU-second of
 * inspection. From nginx's worker the same nginx without ModSecurity is taken; ours is the detector alone, from the parsed request
 * and its answer to the verdict, as the guard calls it.
 */
export const seclang: Bench = async (onProgress) => {
  if (!hasCrs) {
    onProgress(`SKIPPED: the Core Rule Set is not in ${crs} (set THWART_TEST_DATA)`)
    return []
  }
  onProgress("the Core Rule Set in the detector, paranoia level 1")
  const ours = runOurs(1)
  onProgress("paranoia level 4")
  const strict = runOurs(4)
  const peer = hasNginx ? await runPeer(onProgress) : undefined
  if (peer === undefined) onProgress("SKIPPED: libmodsecurity (Debian: nginx libnginx-mod-http-modsecurity)")
  return figuresOf(ours, strict, { peer, memory: memoryMegabytes() })
}

/** Of the package as it is published: from source, Node itself needs more, to strip types. */
function memoryMegabytes(): number {
  const root = join(import.meta.dirname, "..")
  const run = (script: string, ...rest: readonly string[]) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, script), ...rest], { encoding: "utf8" })
    if (status !== 0) throw new Error(`${script} failed:\n${stderr}`)
    return stdout
  }
  run("scripts/build.ts")
  const one = () => {
    // The cast holds: it is our own script that prints it.
    const { rssMegabytes } = JSON.parse(run("bench/seclang/memory.mjs", ...ruleSet(1))) as { rssMegabytes: number }
    return rssMegabytes
  }
  // Of three processes the middle one: when V8 collects garbage hangs on the moment.
  return [one(), one(), one()].toSorted((first, second) => first - second)[1] ?? 0
}

function runOurs(level: number): Ours {
  const script = join(import.meta.dirname, "seclang", "ours.ts")
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", "--max-semi-space-size=16", "--no-parallel-scavenge", script, String(level), String(ourRounds)],
    { encoding: "utf8", maxBuffer: 1 << 24 },
  )
  if (status !== 0) throw new Error(`the measured process failed:\n${stderr}`)
  // The cast holds: it is our own script that prints it.
  const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Ours
  if (level === 1 && result.alerts > 0) throw new Error(`${result.alerts} of the benign requests raised an alert`)
  return result
}

async function runPeer(onProgress: (text: string) => void): Promise<Peer> {
  const next = createMix(7)
  const rounds = Array.from({ length: peerRounds }, next)
  const benign = rounds.flatMap((round) => kinds.flatMap((kind) => round[kind]))
  const hostile = attacks()
  onProgress("nginx alone")
  const plain = await measured(undefined, benign, hostile)
  onProgress(`nginx with libmodsecurity, ${benign.length} benign requests and ${hostile.length} attacks`)
  const guarded = await measured(ruleSet(1), benign, hostile)
  return {
    perSecond: benign.length / (guarded.benign - plain.benign),
    attacksPerSecond: hostile.length / (guarded.hostile - plain.hostile),
  }
}

async function measured(
  rules: readonly string[] | undefined,
  benign: readonly MixRequest[],
  hostile: readonly MixRequest[],
) {
  const nginx = await startNginx(rules)
  try {
    await nginx.measure(benign.slice(0, 40))
    const quiet = nginx.log()
    const good = await nginx.measure(benign)
    if (good.statuses.some((status) => status !== 200)) throw new Error("nginx refused a benign request")
    if (nginx.log() !== quiet)
      throw new Error(`benign requests left something in nginx's log:\n${nginx.log().slice(0, 2000)}`)
    const bad = await nginx.measure(hostile)
    return { benign: good.seconds, hostile: bad.seconds }
  } finally {
    await nginx.stop()
  }
}

function figuresOf(ours: Ours, strict: Ours, { peer, memory }: Measured): readonly Figure[] {
  const perSecond = "requests per CPU-second"
  return [
    { what: "Core Rule Set, level 1, benign mix: Thwart", value: ours.perSecond, unit: perSecond, key: "ours" },
    ...(peer === undefined
      ? []
      : [
          { what: "  libmodsecurity", value: peer.perSecond, unit: perSecond, key: "libmodsecurity" },
          { what: "  ratio", value: ours.perSecond / peer.perSecond, unit: "times", key: "ratio" },
        ]),
    { what: "attack mix: Thwart", value: ours.attacksPerSecond, unit: perSecond, key: "oursOnAttacks" },
    ...(peer === undefined
      ? []
      : [
          { what: "  libmodsecurity", value: peer.attacksPerSecond, unit: perSecond, key: "libmodsecurityOnAttacks" },
          {
            what: "  ratio",
            value: ours.attacksPerSecond / peer.attacksPerSecond,
            unit: "times",
            key: "ratioOnAttacks",
          },
        ]),
    {
      what: `  of ${ours.attacks}, with an alert at level 1`,
      value: ours.attackAlerts,
      unit: "requests",
      key: "attackAlerts",
    },
    { what: "level 4, benign mix: Thwart", value: strict.perSecond, unit: perSecond, key: "oursAtLevel4" },
    { what: "  slower than level 1", value: ours.perSecond / strict.perSecond, unit: "times", key: "level4Factor" },
    { what: "one request, p50", value: ours.p50, unit: "µs", key: "p50Micros" },
    { what: "one request, p99", value: ours.p99, unit: "µs", key: "p99Micros" },
    { what: "loading the rules", value: ours.loadSeconds, unit: "CPU-seconds", key: "loadSeconds" },
    { what: "memory with the rules loaded", value: memory, unit: "MB RSS", key: "rssMegabytes" },
    { what: "  from source, after the whole of this run", value: ours.rssMegabytes, unit: "MB RSS" },
  ]
}
