import { Alert, Badge, Code, List, Stack, Table, Text } from "@mantine/core"
import { Link } from "@tanstack/react-router"
import type { BacktestRun } from "../../../../src/api/contract/index.ts"
import { inShort } from "../../components/Time.tsx"
import { Severity } from "../incidents/marks.tsx"

type Result = NonNullable<BacktestRun["result"]>
type Action = Result["actions"][number]
type Friend = Result["friends"][number]

// More is for a program: the API has up to 500.
const maxShown = 100

/** The sentence, whom it would have hurt, what it would have done, and what can't be told. */
export function BacktestReport({ result }: { readonly result: Result }) {
  const { summary, totals, friends, actions, incidents, notes, complete } = result
  const left = totals.actions - Math.min(actions.length, maxShown)
  return (
    <Stack gap="sm">
      <Alert color={totals.hurt > 0 ? "red" : complete ? "teal" : "yellow"} role="status">
        {summary}
      </Alert>
      {friends.length > 0 && <Friends of={friends} />}
      {actions.length > 0 && (
        <Table.ScrollContainer minWidth={760} mah={360}>
          <Table verticalSpacing="xs" stickyHeader>
            <Table.Thead>
              <Table.Tr>
                {["When", "For", "Whom", "Because of", "Then stopped", "Friend"].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {actions.slice(0, maxShown).map((action) => (
                <Row key={`${action.subject} ${action.from}`} of={action} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {actions.length === 0 && incidents.length > 0 && <Incidents of={incidents} />}
      {left > 0 && (
        <Text size="sm" c="dimmed">
          … and {left.toLocaleString()} more
        </Text>
      )}
      <List size="xs" c="dimmed">
        {notes.map((note) => (
          <List.Item key={note}>{note}</List.Item>
        ))}
      </List>
    </Stack>
  )
}

function Row({ of }: { readonly of: Action }) {
  const { from, until, subject, incident, alertCount, stopped, friend } = of
  const what = inWords(of)
  const many = `${alertCount.toLocaleString()} ${alertCount === 1 ? "alert" : "alerts"}`
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{new Date(from).toLocaleString()}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{until === null ? "no end" : inShort(until - from)}</Table.Td>
      <Table.Td>
        <Code>{subject.replace(/\/(32|128)$/, "")}</Code>
        {what !== "block" && (
          <Text size="xs" c="dimmed">
            {what}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {incident === null ? (
          many
        ) : (
          <>
            {incident.stored ? (
              <Link to="/incidents/$id" params={{ id: incident.id }}>
                {incident.title}
              </Link>
            ) : (
              incident.title
            )}
            , {many}
          </>
        )}
      </Table.Td>
      <Table.Td>{stopped === 0 ? "–" : stopped.toLocaleString()}</Table.Td>
      <Table.Td>{friend === null ? "–" : <Text size="sm">{friend}</Text>}</Table.Td>
    </Table.Tr>
  )
}

/** "block in both directions", "limit": what is done, but for a plain block as nearly all are. */
function inWords({ action, direction }: Action): string {
  return `${action}${direction === "both" ? " in both directions" : direction === "outbound" ? " outbound" : ""}`
}

/** What was recognised, where nothing would have been done about it. */
function Incidents({ of }: { readonly of: Result["incidents"] }) {
  return (
    <Table.ScrollContainer minWidth={600} mah={300}>
      <Table verticalSpacing="xs" aria-label="Incidents" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {["Began", "Severity", "Attacker", "Stages", "Incident"].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.slice(0, maxShown).map(({ id, startedAt, severity, attacker, stages, title, stored }) => (
            <Table.Tr key={id}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>{new Date(startedAt).toLocaleString()}</Table.Td>
              <Table.Td>
                <Severity of={severity} />
              </Table.Td>
              <Table.Td>
                <Code>{attacker}</Code>
              </Table.Td>
              <Table.Td>{stages}</Table.Td>
              <Table.Td>
                {stored ? (
                  <Link to="/incidents/$id" params={{ id }}>
                    {title}
                  </Link>
                ) : (
                  title
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Friends({ of }: { readonly of: readonly Friend[] }) {
  return (
    <Table verticalSpacing="xs" aria-label="Friends">
      <Table.Tbody>
        {of.slice(0, maxShown).map(({ subject, outcome, why }) => (
          <Table.Tr key={`${subject} ${outcome}`}>
            <Table.Td w={90}>
              <Badge color={outcome === "hurt" ? "red" : "teal"} variant="light">
                {outcome}
              </Badge>
            </Table.Td>
            <Table.Td w={190}>
              <Code>{subject.replace(/\/(32|128)$/, "")}</Code>
            </Table.Td>
            <Table.Td>{why}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
