import type { CorrelationTools } from "../cli/index.ts"
import { checkCorrelationRules, clusterSentence, sentenceOf } from "../correlation/index.ts"
import { intentRulesOr, yamlFilesOnDisk } from "./rule-files.ts"

/** The tools of authors of intent and clustering rules. */
export const correlationTools: CorrelationTools = {
  check: (paths) => {
    const { rules, clusters, files, diagnostics } = checkCorrelationRules(intentRulesOr(paths), yamlFilesOnDisk)
    return {
      rules: [
        ...rules.map((rule) => ({ kind: "intent", ...named(rule), sentence: sentenceOf(rule) }) as const),
        ...clusters.map((rule) => ({ kind: "cluster", ...named(rule), sentence: clusterSentence(rule) }) as const),
      ],
      files,
      diagnostics,
    }
  },
}

const named = ({ id, title, enabled }: { readonly id: string; readonly title: string; readonly enabled: boolean }) => ({
  id,
  title,
  enabled,
})
