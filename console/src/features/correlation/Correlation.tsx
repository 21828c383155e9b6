import { Stack } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import { clusterRuleLike } from "../../api/queries.ts"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { exampleRule } from "./example.ts"
import { RuleEditor } from "./RuleEditor.tsx"
import { RunningRules } from "./RunningRules.tsx"

/** The rules that make incidents and clusters of alerts, and a place to write others. */
export function Correlation({ like }: { readonly like?: string | undefined }) {
  return (
    <Page
      title="Correlation"
      about="Intent rules recognise attacks by their stages; clustering rules make one alert of many that are alike."
    >
      <Stack gap="lg">
        {like === undefined ? <RuleEditor key="own" initial={exampleRule} /> : <Like key={like} alert={like} />}
        <RunningRules />
      </Stack>
    </Page>
  )
}

function Like({ alert }: { readonly alert: string }) {
  return (
    <State of={useQuery(clusterRuleLike(alert))}>
      {({ rules }) => <RuleEditor initial={rules} title="Cluster alerts like this" runAtOnce />}
    </State>
  )
}
