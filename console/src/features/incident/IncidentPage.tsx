import { Alert, Anchor, Button, Code, Group, Paper, Skeleton } from "@mantine/core"
import { IconInfoCircle } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { lazy, Suspense, useState } from "react"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { incident as incidentQuery } from "../../api/queries.ts"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { inShort } from "../../components/Time.tsx"
import { CountermeasureTable } from "../countermeasures/CountermeasureTable.tsx"
import { Severity } from "../incidents/marks.tsx"
import { AttackMatrix } from "./AttackMatrix.tsx"
import { Explain } from "./Explain.tsx"
import { Notes } from "./Notes.tsx"
import { PolicyDialog } from "./PolicyDialog.tsx"
import { Section } from "./Section.tsx"
import { Chain, MaskedAlerts, StageEvidence } from "./Stages.tsx"
import { StatusControl } from "./StatusControl.tsx"
import { Vulnerabilities } from "./Vulnerabilities.tsx"

// Only this page draws a graph.
const KillChain = lazy(async () => ({ default: (await import("./KillChain.tsx")).KillChain }))

export function IncidentPage({ id }: { readonly id: string }) {
  const detail = useQuery(incidentQuery(id))
  return <State of={detail}>{(data) => <Detail {...data} />}</State>
}

function Detail(detail: IncidentDetail) {
  const { incident, alerts, countermeasures, notes, masked } = detail
  return (
    <Page
      title={
        <Group gap="sm">
          {incident.title} <Severity of={incident.severity} />
        </Group>
      }
      about={<About incident={incident} />}
      actions={<Actions incident={incident} />}
    >
      <Paper withBorder p="md">
        <Chain incident={incident} />
      </Paper>
      {incident.stages.length > 0 && (
        <Section title="Kill chain">
          <Paper withBorder p="xs">
            <Suspense fallback={<Skeleton height={240} aria-busy="true" aria-label="Loading" />}>
              <KillChain incident={incident} alerts={alerts} countermeasures={countermeasures} />
            </Suspense>
          </Paper>
        </Section>
      )}
      <Section title="What was done about it">
        {countermeasures.length === 0 ? (
          <Alert color="gray" icon={<IconInfoCircle />}>
            Nothing yet. A policy acts when the attack has gone far enough; you can block {incident.attacker} by hand
            under Countermeasures.
          </Alert>
        ) : (
          <CountermeasureTable items={countermeasures} />
        )}
      </Section>
      <Section title="Who works on it">
        <Paper withBorder p="md">
          <Notes of={notes} />
        </Paper>
      </Section>
      <Section title="MITRE ATT&CK">
        <AttackMatrix incident={incident} alerts={alerts} />
      </Section>
      <Section title="Known vulnerabilities">
        <Vulnerabilities incident={incident.id} />
      </Section>
      <StageEvidence incident={incident} alerts={alerts} />
      <MaskedAlerts masked={masked} />
    </Page>
  )
}

function About({ incident }: Pick<IncidentDetail, "incident">) {
  const { attacker, nodes, stages, stagesTotal, startedAt, updatedAt } = incident
  const names = nodes.slice(0, 5).map(({ name }) => name)
  return (
    <>
      <Anchor component={Link} to="/incidents" size="sm">
        Incidents
      </Anchor>{" "}
      / <Code>{attacker}</Code> against {names.join(", ")}
      {nodes.length > names.length && ` and ${nodes.length - names.length} more`}, {stages.length} of {stagesTotal}{" "}
      stages in {inShort(updatedAt - startedAt)}
    </>
  )
}

function Actions({ incident }: Pick<IncidentDetail, "incident">) {
  const [asking, setAsking] = useState<"why" | "policy">()
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsking("policy")}>
        Make a policy from this
      </Button>
      <Button variant="default" size="xs" onClick={() => setAsking("why")}>
        Explain
      </Button>
      <StatusControl incident={incident} />
      {asking === "why" && <Explain id={incident.id} onClose={() => setAsking(undefined)} />}
      {asking === "policy" && <PolicyDialog incident={incident} onClose={() => setAsking(undefined)} />}
    </>
  )
}
