import { messageOf, ThwartError } from "../../core/index.ts"
import { awsErrorIn } from "../aws/call.ts"
import type { AwsFinding } from "../aws/finding.ts"
import { type Json, records, text } from "../aws/json.ts"
import type { WebAclArn } from "./arn.ts"
import { diagnosisOf } from "./diagnosis.ts"
import { namesFor } from "./names.ts"
import { letsPassBefore, type RuleSettings, rulesWith } from "./rules.ts"
import { createTarget, type TargetDeps } from "./target.ts"

/** Looks at a web ACL as the enforcer would, and changes nothing: connection, credentials, permissions to read, and what is in the way. */
export async function checkAwsWaf(
  deps: TargetDeps,
  { webAcl, ...settings }: RuleSettings & { readonly webAcl: WebAclArn; readonly namePrefix: string },
  signal: AbortSignal,
): Promise<readonly AwsFinding[]> {
  const names = namesFor(webAcl, settings.namePrefix)
  try {
    const { rules, sets } = await createTarget(deps, webAcl, names).read(signal)
    const entries = sets.reduce((sum, { addresses }) => sum + addresses.length, 0)
    // Where the rules would stand, whether they do already or not.
    const planned = rulesWith(rules, [{ family: 4, arn: "planned" }], { names, settings })
    const before = letsPassBefore(planned, names)
    return [
      {
        what: "web ACL",
        state: "ok",
        found: `${webAcl.name} (${webAcl.scope}, ${webAcl.region}) with ${rules.length} rules`,
      },
      { what: "IP sets", state: "ok", found: `${sets.length} of Thwart's, with ${entries} entries` },
      before.length === 0
        ? { what: "order", state: "ok", found: "no rule lets requests pass before Thwart's decide" }
        : {
            what: "order",
            state: "warning",
            found: `${before.map((name) => `"${name}"`).join(", ")} lets requests pass before Thwart's rules decide: whoever matches it is not held back; give Thwart a lower priority than it has, which has to be free`,
          },
    ]
  } catch (error) {
    if (error instanceof ThwartError) return [{ what: "web ACL", state: "failed", found: messageOf(error) }]
    const others = awsErrorIn(error)?.name === "WAFNonexistentItemException" ? await sameName(deps, webAcl, signal) : []
    const hint = others.length === 0 ? "" : `; one of this name is ${others.join(", ")}`
    return [{ what: "web ACL", state: "failed", found: `${diagnosisOf(error, webAcl)}${hint}` }]
  }
}

/** The ARNs of the web ACLs that have this name; listing them is a permission that nothing else needs. */
async function sameName(
  { api }: TargetDeps,
  { region, scope, name }: WebAclArn,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = []
  let marker: Json = {}
  try {
    for (;;) {
      const input = { Scope: scope, Limit: 100, ...marker }
      const page = await api({ region, action: "ListWebACLs", input }, signal)
      for (const one of records(page.WebACLs)) if (one.Name === name) found.push(text(one.ARN))
      if (text(page.NextMarker) === "") return found
      marker = { NextMarker: page.NextMarker }
    }
  } catch {
    return found // It is only a hint.
  }
}
