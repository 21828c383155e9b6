import type { Playbook } from "../../core/index.ts"
import type { PlaybookDirectory } from "./directory.ts"
import { parsePlaybooks } from "./file.ts"

/** A house with a firewall, a network ACL and a container engine; it knows AWS WAF, but has none. */
export const directory: PlaybookDirectory = {
  kinds: [
    { id: "nftables", does: "block" },
    { id: "aws-waf", does: "block", shorthand: "web-acl" },
    { id: "aws-nacl", does: "block", shorthand: "network-acl" },
    { id: "containers", does: "quarantine" },
  ],
  running: ["nftables", "aws-nacl:eu-central-1/acl-0123456789abcdef0", "containers"],
  notificationTargets: [],
}

/** The playbooks of a text that has no mistake. */
export function playbooksOf(text: string, where: PlaybookDirectory = directory): readonly Playbook[] {
  const parsed = parsePlaybooks(text, "test.yaml", where)
  if (parsed.kind === "ok") return parsed.value
  throw new Error(parsed.diagnostics.map(({ line, message }) => `${line}: ${message}`).join("\n"))
}
