import { basename } from "node:path"
import type { RuleSummary } from "../detector.ts"
import type { CheckedEventRules } from "./rule-file.ts"

/** Rules that run, as lists show them; one that is turned off in its file is none. */
export function eventRuleSummaries({ rules, places }: CheckedEventRules): readonly RuleSummary[] {
  return rules
    .filter(({ enabled }) => enabled)
    .map(({ id, name, severity, technique }): RuleSummary => {
      const { file, line } = places.get(id) ?? { file: "", line: 0 }
      return {
        id,
        message: name,
        file,
        line,
        tags: technique === null ? [] : [technique],
        severity,
        phase: null,
        direction: "inbound",
        paranoia: null,
        group: `events/${basename(file).replace(/\.ya?ml$/, "")}`,
        bookkeeping: false,
      }
    })
}
