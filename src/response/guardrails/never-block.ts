import { prefix } from "../../core/index.ts"
import { type Guardrail, refused } from "./guardrail.ts"
import { indexPrefixes } from "./overlap.ts"

/** Special-purpose addresses (RFC 6890 and the registries it made) and the metadata services of clouds. */
const never = indexPrefixes(
  [
    ["127.0.0.0/8", "loopback"],
    ["::1/128", "loopback"],
    ["169.254.169.254/32", "the cloud's metadata service"],
    ["fd00:ec2::254/128", "the cloud's metadata service"],
    ["169.254.0.0/16", "link-local"],
    ["fe80::/10", "link-local"],
    ["224.0.0.0/4", "multicast"],
    ["ff00::/8", "multicast"],
    ["255.255.255.255/32", "broadcast"],
    ["0.0.0.0/8", "this network, the unspecified address"],
    ["::/128", "the unspecified address"],
  ].map(([text = "", what = ""]) => ({ prefix: prefix(text), what })),
)

export const neverBlock: Guardrail = ({ target }) => {
  const hit = never.overlapping(target)
  return hit === undefined
    ? undefined
    : refused(`${target} is or holds ${hit.what} (${hit.prefix}), which is never blocked`)
}
