import { type Alert, address, type Intent } from "../../src/core/index.ts"
import { alertOf } from "../../test/support/alerts.ts"

// One alert in fifty completes the third stage of an attack: 20 blocks in a second of 1,000 alerts.
const between = 50
const stages: readonly Intent[] = ["reconnaissance", "exploitation", "installation"]
// How long an attacker waits between two stages, in alerts of everybody.
const pause = 500

/** Attacks of three stages, each by an address of its own, among single alerts of many others. */
export function traffic(count: number): readonly Alert[] {
  const alerts: Alert[] = []
  const template = Object.fromEntries(stages.map((intent) => [intent, alertOf(0, intent)]))
  const noise = alertOf(0, "reconnaissance")
  for (let n = 0; n < count; n++) {
    const [slot, attack] = [n % between, Math.floor(n / between)]
    // Stage s of attack a stands in slot s, and later by s pauses.
    const of = attack - slot * Math.floor(pause / between)
    const isAttack = slot < stages.length && of >= 0
    const attacker = address(isAttack ? `198.18.${of >> 8}.${of & 255}` : `100.64.${(n >> 8) & 255}.${n & 255}`)
    const like = isAttack ? (template[stages[slot] ?? ""] ?? noise) : noise
    alerts.push({
      ...like,
      id: `alr_${String(n).padStart(10, "0")}` as Alert["id"], // The form that the schema asks for.
      attacker,
      source: { address: attacker, port: 40_000 },
    })
  }
  return alerts
}

export function attackers(alerts: readonly Alert[]): readonly string[] {
  return [...new Set(alerts.map(({ attacker }) => attacker))]
}
