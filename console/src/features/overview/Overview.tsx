import { Anchor, Badge, Group, Paper, SimpleGrid, Table, Text, Title } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { Status } from "../../../../src/api/contract/index.ts"
import { incidents, recommendations, status } from "../../api/queries.ts"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { IncidentTable } from "../incidents/Incidents.tsx"

export function Overview() {
  const now = useQuery(status)
  const list = useQuery(incidents)
  const pending = useQuery(recommendations).data?.items.reduce((sum, one) => sum + one.pending, 0) ?? 0
  return (
    <Page title="Overview">
      <State of={now}>
        {(data) => (
          <>
            <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
              <Figure
                name="Open incidents"
                value={data.counts.openIncidents}
                to="/incidents"
                alarming={data.counts.openIncidents > 0}
              />
              <Figure name="Wait for a decision" value={pending} to="/recommendations" />
              <Figure name="Countermeasures in force" value={data.counts.activeCountermeasures} to="/countermeasures" />
              <Figure name="Alerts" value={data.counts.alerts} to="/incidents" />
            </SimpleGrid>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Sensors of={data.sensors} />
              <Enforcers of={data.enforcers} />
            </SimpleGrid>
          </>
        )}
      </State>
      <Group justify="space-between" mt="sm">
        <Title order={3} size="h5">
          Latest incidents
        </Title>
        <Anchor component={Link} to="/incidents" size="sm">
          All incidents
        </Anchor>
      </Group>
      <State of={list} isEmpty={({ items }) => items.length === 0} empty={<Text c="dimmed">No attack was seen.</Text>}>
        {({ items }) => <IncidentTable items={items.slice(0, 5)} />}
      </State>
    </Page>
  )
}

function Figure({
  name,
  value,
  to,
  alarming = false,
}: {
  readonly name: string
  readonly value: number
  readonly to: "/incidents" | "/recommendations" | "/countermeasures"
  readonly alarming?: boolean
}) {
  return (
    <Paper withBorder p="md" component={Link} to={to} style={{ textDecoration: "none", color: "inherit" }}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text
        fz={28}
        fw={650}
        style={{ fontVariantNumeric: "tabular-nums", ...(alarming ? { color: "var(--sev-critical)" } : {}) }}
      >
        {value >= 1000 ? "1,000+" : value}
      </Text>
    </Paper>
  )
}

function Sensors({ of }: { readonly of: Status["sensors"] }) {
  return (
    <Machines
      title="Sensors"
      empty="None runs: start the server with --capture, or put a guard into an application."
      rows={of.map(({ id, state, reason, observations, dropped }) => ({
        id,
        good: state === "running",
        state,
        what: reason ?? `${observations.toLocaleString()} observations, ${dropped.toLocaleString()} dropped`,
      }))}
    />
  )
}

function Enforcers({ of }: { readonly of: Status["enforcers"] }) {
  return (
    <Machines
      title="Enforcers"
      empty="None runs: blocks are decided and shown, but not in force anywhere. Start the server with --enforcer."
      rows={of.map(({ id, state, reason, entries }) => ({
        id,
        good: state === "ok",
        state,
        what: reason ?? `${entries.toLocaleString()} entries`,
      }))}
    />
  )
}

interface Row {
  readonly id: string
  readonly good: boolean
  readonly state: string
  readonly what: string
}

function Machines({
  title,
  empty,
  rows,
}: {
  readonly title: string
  readonly empty: string
  readonly rows: readonly Row[]
}) {
  return (
    <Paper withBorder p="md">
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      )}
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {rows.map(({ id, good, state, what }) => (
            <Table.Tr key={id}>
              <Table.Td>{id}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={good ? "teal" : "red"} tt="none">
                  {state}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {what}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}
