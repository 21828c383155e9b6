import { Badge, Code, Table, Text, Tooltip } from "@mantine/core"
import { IconThumbUp } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { recommendations } from "../../api/queries.ts"
import { Page } from "../../components/Page.tsx"
import { Empty, State } from "../../components/State.tsx"
import { Ago } from "../../components/Time.tsx"
import { Severity } from "../incidents/marks.tsx"
import { actionOf, type Recommendation, seenOf } from "./proposal.ts"

export function Recommendations() {
  return (
    <Page
      title="Recommendations"
      about="What policies in interactive mode propose, and what a guardrail held back: one row for each policy. A * stands where what is pending differs."
    >
      <State
        of={useQuery(recommendations)}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty
            icon={<IconThumbUp size={40} stroke={1.2} color="var(--mantine-color-dimmed)" aria-hidden />}
            title="Nothing waits for a decision"
          >
            When a policy in interactive mode wants to act, or a guardrail holds one back, it is proposed here.
          </Empty>
        }
      >
        {({ items }) => <RecommendationTable items={items} />}
      </State>
    </Page>
  )
}

const names = ["Recommendation", "Pending", "Source", "Node", "Severity", "Seen", "First", "Latest", "Made"]

function RecommendationTable({ items }: { readonly items: readonly Recommendation[] }) {
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {names.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Row key={one.id} of={one} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Row({ of }: { readonly of: Recommendation }) {
  const navigate = useNavigate()
  const open = () => void navigate({ to: "/recommendations/$id", params: { id: of.id } })
  return (
    <Table.Tr
      data-row
      tabIndex={0}
      className="row-link"
      aria-label={`${of.policyName}: ${of.pending} pending`}
      onClick={open}
      onKeyDown={(event) => event.key === "Enter" && open()}
    >
      <Table.Td maw={340}>
        <Text size="sm" fw={600}>
          {actionOf(of)}
        </Text>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {of.policyName}: {of.sentence}
        </Text>
      </Table.Td>
      <Table.Td>
        <Counts of={of} />
      </Table.Td>
      <Table.Td>{of.source === null ? <Several /> : <Code>{of.source}</Code>}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        {of.node === null ? <Several /> : of.node.name || of.node.id}
      </Table.Td>
      <Table.Td>
        <Severity of={of.severity} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{seenOf(of.minCount, of.maxCount, of.threshold)}</Table.Td>
      <Table.Td>
        <Ago at={of.firstAt} />
      </Table.Td>
      <Table.Td>
        <Ago at={of.latestAt} />
      </Table.Td>
      <Table.Td>
        <Ago at={of.createdAt} />
      </Table.Td>
    </Table.Tr>
  )
}

function Several() {
  return (
    <Tooltip label="Several: open it to see each">
      <span>*</span>
    </Tooltip>
  )
}

export function Counts({ of: { pending, held, notKept } }: { readonly of: Recommendation }) {
  return (
    <span style={{ display: "inline-flex", gap: 4, flexWrap: "wrap" }}>
      <Badge variant="filled" color="blue" tt="none">
        {pending.toLocaleString()}
      </Badge>
      {held > 0 && (
        <Tooltip label="Held back by a guardrail, whatever the policy's mode">
          <Badge variant="light" color="orange" tt="none">
            {held.toLocaleString()} held
          </Badge>
        </Tooltip>
      )}
      {notKept > 0 && (
        <Tooltip label="Beyond the limit for one policy: in the audit log, and proposed again when they are seen again">
          <Badge variant="light" color="red" tt="none">
            {notKept.toLocaleString()} not kept
          </Badge>
        </Tooltip>
      )}
    </span>
  )
}
