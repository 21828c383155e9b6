import type { ApiRule } from "../../../api/contract/index.ts"
import type { RuleException } from "../../../core/index.ts"
import { inShort } from "../../duration.ts"
import type { Column } from "../../text.ts"

const ago = (at: number | null, now: number) => (at === null ? "never" : `${inShort(now - at)} ago`)

/** Of what analysts marked; a dash where they marked nothing. */
export const falsePositiveRate = ({ marked, falsePositives }: ApiRule): string =>
  marked === 0 ? "-" : `${Math.round((100 * falsePositives) / marked)} % of ${marked}`

export const ruleColumns = (now: number): readonly Column<ApiRule>[] => [
  { name: "id", of: ({ id }) => id },
  { name: "state", of: ({ state }) => state },
  { name: "severity", of: ({ severity }) => severity ?? "-" },
  { name: "level", of: ({ paranoia }) => String(paranoia ?? "-") },
  { name: "hits", of: ({ hits }) => String(hits) },
  { name: "last hit", of: ({ lastHitAt }) => ago(lastHitAt, now) },
  { name: "false pos.", of: falsePositiveRate },
  { name: "message", of: ({ message }) => message, flexible: true },
]

export const placeOf = ({ path, parameter, source }: RuleException): string =>
  [path, parameter, source === null ? null : `from ${source}`].filter((part) => part !== null).join(" ")

export const exceptionColumns = (now: number): readonly Column<RuleException>[] => [
  { name: "rules", of: ({ rules }) => rules },
  { name: "where", of: placeOf },
  {
    name: "ends in",
    of: ({ expiresAt }) => (expiresAt === null ? "never" : expiresAt <= now ? "over" : inShort(expiresAt - now)),
  },
  { name: "owner", of: ({ owner }) => owner },
  { name: "reason", of: ({ reason }) => reason, flexible: true },
  { name: "id", of: ({ id }) => id },
]
