import { alertOf } from "../../../test/support/alerts.ts"
import { networkPolicy, type Policy, policyId } from "../../core/index.ts"
import type { Harness } from "./harness.ts"

/** A policy in interactive mode that speaks at the first alert. */
export const asking: Policy = networkPolicy.parse({
  id: policyId.parse("ask"),
  name: "Ask first",
  enabled: true,
  mode: "interactive",
  on: { kind: "alert", classtypes: [], intents: ["exploitation"], tactics: [], techniques: [] },
  severity: "high",
  count: 1,
  windowMs: 600_000,
  blockMs: 60_000,
  enforcers: [],
})

/** Lets these addresses be seen, and the policy propose to block them. */
export async function propose(
  { store, responder, clock }: Pick<Harness, "store" | "responder" | "clock">,
  attackers: readonly string[],
  policy: Policy = asking,
): Promise<void> {
  await store.record({ policies: [policy] })
  const start = (await store.alerts({ limit: 1000 })).items.length + 1
  const alerts = attackers.map((attacker, index) =>
    alertOf(start + index, "exploitation", { at: clock.now(), attacker }),
  )
  await responder.handle(alerts, [], (decided) => store.record({ ...decided, alerts }))
}
