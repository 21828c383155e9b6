import { type Guardrail, held } from "./guardrail.ts"

export const blockRate: Guardrail = ({ by }, { recentBlocks, limits }) =>
  by === "policy" && recentBlocks >= limits.blocksPerMinute
    ? held(
        `too many blocks: policies blocked ${recentBlocks} addresses in the last minute, and ${limits.blocksPerMinute} is the limit; a person has to look`,
      )
    : undefined
