import { Alert, Anchor, Button, Code, Group, Modal, Paper, Select, Stack, Text, Title } from "@mantine/core"
import { useDisclosure } from "@mantine/hooks"
import { notifications } from "@mantine/notifications"
import { IconInfoCircle } from "@tabler/icons-react"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { explain, incident as incidentQuery, me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { inShort, Time } from "../../components/Time.tsx"
import { CountermeasureTable } from "../countermeasures/CountermeasureTable.tsx"
import { Severity } from "../incidents/marks.tsx"
import { AlertEvidence } from "./AlertEvidence.tsx"
import { Notes } from "./Notes.tsx"

export function IncidentPage({ id }: { readonly id: string }) {
  const detail = useQuery(incidentQuery(id))
  return <State of={detail}>{(data) => <Detail {...data} />}</State>
}

function Detail({ incident, alerts, countermeasures, notes }: IncidentDetail) {
  const [explaining, { open, close }] = useDisclosure()
  return (
    <Page
      title={
        <Group gap="sm">
          {incident.title} <Severity of={incident.severity} />
        </Group>
      }
      about={
        <>
          <Anchor component={Link} to="/incidents" size="sm">
            Incidents
          </Anchor>{" "}
          / <Code>{incident.attacker}</Code> against {incident.nodes.map(({ name }) => name).join(", ")},{" "}
          {incident.stages.length} of {incident.stagesTotal} stages in{" "}
          {inShort(incident.updatedAt - incident.startedAt)}
        </>
      }
      actions={
        <>
          <Button variant="default" size="xs" onClick={open}>
            Explain
          </Button>
          <StatusControl incident={incident} />
        </>
      }
    >
      <Paper withBorder p="md">
        <Chain incident={incident} />
      </Paper>
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
      <Notes of={notes} />
      {incident.stages.map((stage) => (
        <Section key={stage.index} title={`${stage.index + 1}. ${stage.name}`} about={stage.because}>
          <Stack gap={6}>
            <StageAlerts alerts={alerts.filter(({ id }) => stage.alerts.includes(id))} />
            {stage.count > stage.alerts.length && (
              <Text c="dimmed">and {stage.count - stage.alerts.length} more alerts</Text>
            )}
          </Stack>
        </Section>
      ))}
      <Explain id={incident.id} opened={explaining} onClose={close} />
    </Page>
  )
}

// Scans make many alerts that are alike; the first ones tell the story.
const firstAlerts = 4

function StageAlerts({ alerts }: Pick<IncidentDetail, "alerts">) {
  const [all, { open }] = useDisclosure()
  const shown = all ? alerts : alerts.slice(0, firstAlerts)
  return (
    <>
      {shown.map((alert) => (
        <AlertEvidence key={alert.id} alert={alert} />
      ))}
      {shown.length < alerts.length && (
        <Button variant="subtle" size="compact-sm" w="fit-content" onClick={open}>
          Show {alerts.length - shown.length} more
        </Button>
      )}
    </>
  )
}

function Section({
  title,
  about,
  children,
}: {
  readonly title: string
  readonly about?: string
  readonly children: React.ReactNode
}) {
  return (
    <section aria-label={title}>
      <Title order={3} size="h5" tt="capitalize">
        {title}
      </Title>
      {about !== undefined && (
        <Text size="sm" c="dimmed" mb={6}>
          {about}
        </Text>
      )}
      {children}
    </section>
  )
}

function Chain({ incident: { stages, stagesTotal } }: Pick<IncidentDetail, "incident">) {
  return (
    <ol className="chain" aria-label="Stages">
      {[...Array(stagesTotal).keys()].map((index) => {
        const stage = stages.find((one) => one.index === index)
        return (
          <li key={index} data-seen={stage !== undefined}>
            <Text fw={600} size="sm" tt="capitalize">
              {stage?.name ?? "not seen"}
            </Text>
            {stage !== undefined && (
              <Text size="xs" c="dimmed">
                <Time at={stage.firstAt} /> · {stage.count} {stage.count === 1 ? "alert" : "alerts"}
                {stage.technique !== null && ` · ${stage.technique}`}
              </Text>
            )}
          </li>
        )
      })}
    </ol>
  )
}

function StatusControl({ incident }: Pick<IncidentDetail, "incident">) {
  const client = useQueryClient()
  const who = useQuery(me).data
  const change = useMutation({
    mutationFn: (status: string) => api("PATCH", `/incidents/${incident.id}`, { status }),
    onError: (error) =>
      notifications.show({ color: "red", title: "The status was not changed", message: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", incident.id] }),
  })
  return (
    <Select
      size="xs"
      w={150}
      aria-label="Status"
      allowDeselect={false}
      disabled={!may(who, "analyst") || change.isPending}
      value={incident.status}
      data={[
        { value: "open", label: "Open" },
        { value: "contained", label: "Contained" },
        { value: "closed", label: "Closed" },
        { value: "false-positive", label: "False positive" },
      ]}
      onChange={(status) => status !== null && change.mutate(status)}
    />
  )
}

function Explain({
  id,
  opened,
  onClose,
}: {
  readonly id: string
  readonly opened: boolean
  readonly onClose: () => void
}) {
  const told = useQuery({ ...explain(id), enabled: opened })
  return (
    <Modal opened={opened} onClose={onClose} size="xl" title="Why" closeButtonProps={{ "aria-label": "Close" }}>
      <State of={told}>
        {({ story }) => (
          <Stack gap={6}>
            {story.map((line) => (
              <Text
                key={line}
                size="sm"
                ff={line.startsWith("  ") ? "monospace" : "text"}
                pl={line.startsWith("  ") ? "md" : 0}
                style={{ overflowWrap: "anywhere" }}
              >
                {line.trim()}
              </Text>
            ))}
          </Stack>
        )}
      </State>
    </Modal>
  )
}
