import { Button, Code, Group, NavLink, Stack, Table, Text, TextInput } from "@mantine/core"
import { IconSearch } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import type { ApiRule, RulePage } from "../../../../src/api/contract/index.ts"
import { me, rules } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { Ago } from "../../components/Time.tsx"
import { BacktestDialog } from "../backtest/BacktestDialog.tsx"
import { Severity } from "../incidents/marks.tsx"
import { ExceptionDialog } from "./ExceptionDialog.tsx"
import { Exceptions } from "./Exceptions.tsx"
import { SwitchDialog } from "./SwitchDialog.tsx"

const pageSize = 100

export function Rules() {
  const analyst = may(useQuery(me).data, "analyst")
  const [search, setSearch] = useState("")
  const [group, setGroup] = useState<string | null>(null)
  const [offset, setOffset] = useState(0)
  const [adding, setAdding] = useState(false)
  const [looking, setLooking] = useState<ApiRule | null>(null)
  const [switching, setSwitching] = useState<ApiRule | null>(null)
  const query = new URLSearchParams({ limit: String(pageSize), offset: String(offset) })
  if (search.trim() !== "") query.set("search", search.trim())
  if (group !== null) query.set("group", group)
  const choose = (name: string | null) => {
    setGroup(name)
    setOffset(0)
  }
  return (
    <Page
      title="Rules"
      about="What an attack looks like. A rule that finds too much is excepted for the one place, or turned off."
      actions={analyst && <Button onClick={() => setAdding(true)}>Add an exception</Button>}
    >
      <TextInput
        aria-label="Search rules"
        placeholder="Id, message, group or tag"
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          setOffset(0)
        }}
      />
      <State of={useQuery(rules(query.toString()))}>
        {(page) => (
          <Group align="flex-start" wrap="nowrap" gap="lg">
            <Groups of={page} chosen={group} onChoose={choose} />
            <Stack style={{ flex: 1, minWidth: 0 }}>
              {page.items.length === 0 ? (
                <Text c="dimmed">No rule is like that.</Text>
              ) : (
                <RuleTable
                  items={page.items}
                  actions={analyst ? { onSwitch: setSwitching, onBacktest: setLooking } : null}
                />
              )}
              {page.total > pageSize && (
                <Group justify="flex-end">
                  <Text size="sm" c="dimmed">
                    {offset + 1}–{offset + page.items.length} of {page.total}
                  </Text>
                  <Button
                    size="xs"
                    variant="default"
                    disabled={offset === 0}
                    onClick={() => setOffset(Math.max(0, offset - pageSize))}
                  >
                    Before
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    disabled={offset + pageSize >= page.total}
                    onClick={() => setOffset(offset + pageSize)}
                  >
                    Next
                  </Button>
                </Group>
              )}
            </Stack>
          </Group>
        )}
      </State>
      <Exceptions canChange={analyst} />
      {adding && <ExceptionDialog prefilled={{}} onClose={() => setAdding(false)} />}
      {looking !== null && (
        <BacktestDialog
          subject={{ rule: looking.id }}
          name={`${looking.id} ${looking.message}`}
          onClose={() => setLooking(null)}
        />
      )}
      {switching !== null && <SwitchDialog rule={switching} onClose={() => setSwitching(null)} />}
    </Page>
  )
}

function Groups({
  of: { groups },
  chosen,
  onChoose,
}: {
  readonly of: RulePage
  readonly chosen: string | null
  readonly onChoose: (group: string | null) => void
}) {
  return (
    <Stack component="nav" aria-label="Groups" gap={0} w={250} style={{ flexShrink: 0 }}>
      <NavLink component="button" label="All rules" active={chosen === null} onClick={() => onChoose(null)} />
      {(["inbound", "outbound"] as const).map((direction) => (
        <div key={direction}>
          <Text size="xs" c="dimmed" mt="sm" tt="capitalize">
            {direction}
          </Text>
          {groups
            .filter((one) => one.direction === direction)
            .map(({ group, rules: count, off }) => (
              <NavLink
                key={group}
                component="button"
                label={group}
                description={`${count} ${count === 1 ? "rule" : "rules"}${off === 0 ? "" : `, ${off} off`}`}
                active={chosen === group}
                onClick={() => onChoose(group)}
              />
            ))}
        </div>
      ))}
    </Stack>
  )
}

function RuleTable({
  items,
  actions,
}: {
  readonly items: readonly ApiRule[]
  readonly actions: {
    readonly onSwitch: (rule: ApiRule) => void
    readonly onBacktest: (rule: ApiRule) => void
  } | null
}) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          {["Rule", "Message", "Severity", "Level", "Hits", "Last hit", "False positives", "State"].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
          {actions !== null && <Table.Th aria-label="Actions" />}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((rule) => (
          <Table.Tr key={rule.id}>
            <Table.Td>
              <Code>{rule.id}</Code>
            </Table.Td>
            <Table.Td>
              {rule.message}
              <Text size="xs" c="dimmed">
                {rule.group}
              </Text>
            </Table.Td>
            <Table.Td>{rule.severity === null ? "–" : <Severity of={rule.severity} />}</Table.Td>
            <Table.Td>{rule.paranoia ?? "–"}</Table.Td>
            <Table.Td>{rule.hits}</Table.Td>
            <Table.Td>{rule.lastHitAt === null ? "never" : <Ago at={rule.lastHitAt} />}</Table.Td>
            <Table.Td>
              {rule.marked === 0 ? "–" : `${Math.round((100 * rule.falsePositives) / rule.marked)} % of ${rule.marked}`}
            </Table.Td>
            <Table.Td>{rule.state}</Table.Td>
            {actions !== null && (
              <Table.Td>
                <Stack gap={4}>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Backtest ${rule.id}`}
                    onClick={() => actions.onBacktest(rule)}
                  >
                    Backtest
                  </Button>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Turn ${rule.state === "off" ? "on" : "off"} ${rule.id}`}
                    onClick={() => actions.onSwitch(rule)}
                  >
                    Turn {rule.state === "off" ? "on" : "off"}
                  </Button>
                </Stack>
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
