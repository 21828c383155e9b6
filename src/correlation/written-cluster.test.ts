import { expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { clusterRuleLike } from "./cluster-like.ts"
import { parseCorrelationRules } from "./rule-file.ts"
import { writtenCluster } from "./written-cluster.ts"

it("a rule like an alert is a file that reads back as the same rule, whatever its title holds", () => {
  const titles = ['one: "two" # three', "null", "a\u0000b\nc: d\u2028", "- ' {", "ünïcödé \u{1f600}"]
  expect(titles).toHaveLength(5)
  for (const title of titles) {
    const rule = clusterRuleLike(alertOf(1, "exploitation", { title }), { id: "local/like" })
    expect(parseCorrelationRules(writtenCluster(rule), "rules")).toEqual({
      kind: "ok",
      value: { rules: [], clusters: [rule] },
    })
  }
})
