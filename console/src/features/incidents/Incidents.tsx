import { Code, Group, SegmentedControl, Table, Text, TextInput } from "@mantine/core"
import { IconSearch, IconShieldCheck } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { incidents } from "../../api/queries.ts"
import { Page } from "../../components/Page.tsx"
import { Empty, State } from "../../components/State.tsx"
import { Ago } from "../../components/Time.tsx"
import { type Incident, Severity, StageStrip, Status } from "./marks.tsx"

const filters = [
  { value: "all", label: "All" },
  { value: "open", label: "Open" },
  { value: "contained", label: "Contained" },
  { value: "over", label: "Over" },
]

export function Incidents() {
  const list = useQuery(incidents)
  const [filter, setFilter] = useState("all")
  const [search, setSearch] = useState("")
  const wanted = ({ status, attacker }: Incident) =>
    attacker.includes(search.trim()) &&
    (filter === "all" ||
      filter === status ||
      (filter === "over" && (status === "closed" || status === "false-positive")))

  return (
    <Page title="Incidents" about="Attacks, each with the stages that were seen of it. The newest first, live.">
      <Group>
        <SegmentedControl aria-label="Status" data={filters} value={filter} onChange={setFilter} size="xs" />
        <TextInput
          aria-label="Search by attacker"
          placeholder="Attacker's address"
          size="xs"
          w={220}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </Group>
      <State
        of={list}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty
            icon={<IconShieldCheck size={40} stroke={1.2} color="var(--mantine-color-dimmed)" aria-hidden />}
            title="No attack was seen"
          >
            Alerts of one attacker become an incident here once two stages of an attack were seen in order. This page
            needs no reload.
          </Empty>
        }
      >
        {({ items }) => <IncidentTable items={items.filter(wanted)} />}
      </State>
    </Page>
  )
}

export function IncidentTable({ items }: { readonly items: readonly Incident[] }) {
  const navigate = useNavigate()
  if (items.length === 0) return <Text c="dimmed">None fits this filter.</Text>
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {["Severity", "Incident", "Attacker", "Node", "Stages", "Status", "Last seen"].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((incident) => {
            const open = () => void navigate({ to: "/incidents/$id", params: { id: incident.id } })
            return (
              <Table.Tr
                key={incident.id}
                className="row-link"
                data-row
                tabIndex={0}
                aria-label={`${incident.title} by ${incident.attacker}`}
                onClick={open}
                onKeyDown={(event) => event.key === "Enter" && open()}
              >
                <Table.Td>
                  <Severity of={incident.severity} />
                </Table.Td>
                <Table.Td>{incident.title}</Table.Td>
                <Table.Td>
                  <Code>{incident.attacker}</Code>
                </Table.Td>
                <Table.Td>{incident.nodes.map(({ name }) => name).join(", ")}</Table.Td>
                <Table.Td>
                  <StageStrip of={incident} />
                </Table.Td>
                <Table.Td>
                  <Status of={incident.status} />
                </Table.Td>
                <Table.Td>
                  <Ago at={incident.updatedAt} />
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
