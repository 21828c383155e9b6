import type { Disruption } from "../draft.ts"
import { Mistake } from "../syntax/mistake.ts"
import type { ActionDefinition } from "./action.ts"

const decides = (
  name: string,
  argument: ActionDefinition["argument"],
  disruption: (argument: string) => Disruption,
): ActionDefinition => ({
  name,
  argument,
  firstOnly: true,
  apply: (draft, text) => {
    draft.disruption = disruption(text)
  },
})

function allowed(text: string): Disruption {
  const scope = text.toLowerCase()
  if (scope === "") return "allow"
  if (scope === "phase") return "allow-phase"
  if (scope === "request") return "allow-request"
  throw new Mistake("SECLANG_ACTION", `"${text}" is not what allow knows (phase, request, or nothing)`)
}

/** What a rule decides. Thwart blocks by alert; `deny` and its like raise one whatever the score is. */
export const disruptive: readonly ActionDefinition[] = [
  decides("pass", "none", () => "pass"),
  decides("block", "none", () => "block"),
  decides("deny", "none", () => "deny"),
  decides("drop", "none", () => "drop"),
  decides("redirect", "required", () => "redirect"),
  decides("proxy", "required", () => "proxy"),
  decides("allow", "optional", allowed),
]
