import { Code, Stack, Table, Text } from "@mantine/core"
import type { CorrelationPreview } from "../../../../src/api/contract/index.ts"
import { Severity, StageStrip } from "../incidents/marks.tsx"

type Preview = Extract<CorrelationPreview, { kind: "ok" }>

// What a person looks through on a page; the counts tell the rest.
const mostShown = 25

/** What rules would have made of the alerts that were looked at. */
export function PreviewResult({ of }: { readonly of: Preview }) {
  return (
    <Stack gap="sm" role="status" aria-label="Preview">
      <Text size="sm">
        {of.firstAt === null || of.lastAt === null
          ? "No alert is stored from this time."
          : `Of ${of.alerts.toLocaleString("en")} alerts from ${moment(of.firstAt)} to ${moment(of.lastAt)} these would have been made.`}
        {!of.whole && " There are later alerts, which were not looked at."}
      </Text>
      {of.rules.map((rule) => (
        <div key={`${rule.kind} ${rule.id}`}>
          <Text size="sm" fw={600}>
            {rule.title}: {made(rule)}
          </Text>
          <Text size="sm" c="dimmed">
            {rule.sentence}
          </Text>
        </div>
      ))}
      {of.incidents.length > 0 && <Incidents of={of.incidents} />}
      {of.clusters.length > 0 && <Clusters of={of.clusters} />}
    </Stack>
  )
}

function made({ kind, made, attackers, complete }: Preview["rules"][number]): string {
  if (made === 0) return kind === "intent" ? "no incident" : "no new alert"
  const what = kind === "intent" ? "incident" : "new alert"
  const from = attackers === 0 ? "" : ` by ${attackers} ${attackers === 1 ? "attacker" : "attackers"}`
  return `${made} ${what}${made === 1 ? "" : "s"}${from}${complete > 0 ? `, ${complete} with every stage` : ""}`
}

function Incidents({ of }: { readonly of: Preview["incidents"] }) {
  return (
    <Listing head={["Began", "Severity", "Attacker", "Incident", "Stages"]} label="Incidents" total={of.length}>
      {of.slice(0, mostShown).map((incident) => (
        <Table.Tr key={incident.id}>
          <Table.Td style={{ whiteSpace: "nowrap" }}>{moment(incident.startedAt)}</Table.Td>
          <Table.Td>
            <Severity of={incident.severity} />
          </Table.Td>
          <Table.Td>
            <Code>{incident.attacker}</Code>
          </Table.Td>
          <Table.Td>{incident.title}</Table.Td>
          <Table.Td>
            <StageStrip of={incident} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  )
}

function Clusters({ of }: { readonly of: Preview["clusters"] }) {
  return (
    <Listing head={["Made", "Severity", "Attacker", "New alert", "Alerts"]} label="New alerts" total={of.length}>
      {of.slice(0, mostShown).map((alert) => (
        <Table.Tr key={alert.id}>
          <Table.Td style={{ whiteSpace: "nowrap" }}>{moment(alert.at)}</Table.Td>
          <Table.Td>
            <Severity of={alert.severity} />
          </Table.Td>
          <Table.Td>
            <Code>{alert.attacker}</Code>
          </Table.Td>
          <Table.Td>{alert.title}</Table.Td>
          <Table.Td>{alert.cluster?.count}</Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  )
}

interface ListingProps {
  readonly head: readonly string[]
  readonly label: string
  readonly total: number
  readonly children: React.ReactNode
}

function Listing({ head, label, total, children }: ListingProps) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing={4} fz="sm" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {head.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
      {total > mostShown && (
        <Text size="xs" c="dimmed">
          and {total - mostShown} more
        </Text>
      )}
    </Table.ScrollContainer>
  )
}

const moment = (at: number) => new Date(at).toLocaleString([], { dateStyle: "short", timeStyle: "medium" })
