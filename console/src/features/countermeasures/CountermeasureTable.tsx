import { Badge, Button, Code, Group, type MantineColor, Table, Text, Tooltip } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Ago, Remaining } from "../../components/Time.tsx"
import { type Countermeasure, detailOf, targetOf, whatOf } from "./target.ts"
import { UndoDialog } from "./UndoDialog.tsx"

export function CountermeasureTable({ items }: { readonly items: readonly Countermeasure[] }) {
  const who = useQuery(me).data
  const [undoing, setUndoing] = useState<Countermeasure>()
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {["Target", "In force", "Ends in", "Because", "Made", ""].map((name) => (
              <Table.Th key={name}>{name === "" ? <span aria-hidden /> : name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.id} data-row tabIndex={0} className="row-link" style={{ cursor: "default" }}>
              <Table.Td>
                <Code>{targetOf(one)}</Code>
                {detailOf(one) !== undefined && (
                  <Text size="xs" c="dimmed">
                    {detailOf(one)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Reports of={one} />
              </Table.Td>
              <Table.Td>
                {one.endReason === null ? (
                  <Remaining until={one.expiresAt} />
                ) : (
                  <Text size="sm">{one.endReason.replace("-", " ")}</Text>
                )}
              </Table.Td>
              <Table.Td maw={380}>
                <Text size="sm" lineClamp={2}>
                  {one.reason.text}
                </Text>
                <Text size="xs" c="dimmed">
                  {one.reason.by}
                </Text>
              </Table.Td>
              <Table.Td>
                <Ago at={one.createdAt} />
              </Table.Td>
              <Table.Td>
                {one.endReason === null && may(who, "analyst") && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() => setUndoing(one)}
                    aria-label={`Undo the ${whatOf(one)}`}
                  >
                    Undo
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {undoing !== undefined && <UndoDialog of={undoing} onClose={() => setUndoing(undefined)} />}
    </Table.ScrollContainer>
  )
}

const colours: Readonly<Record<Countermeasure["reports"][number]["state"], MantineColor>> = {
  pending: "yellow",
  applied: "teal",
  failed: "red",
  "not-enforced": "orange",
  expired: "gray",
}

function Reports({ of: { reports } }: { readonly of: Countermeasure }) {
  if (reports.length === 0) return <Text size="sm">nowhere: no enforcer runs</Text>
  return (
    <Group gap={4}>
      {reports.map(({ enforcer, state, since, checkedAt, reason, refused }) => (
        <Tooltip
          key={enforcer}
          label={`${reason ?? state} since ${new Date(since).toLocaleTimeString()}, seen to be so at ${new Date(checkedAt).toLocaleTimeString()}`}
        >
          <Badge variant="light" color={colours[state]} tt="none">
            {enforcer}: {state.replace("-", " ")}
            {refused !== undefined && `, ${refused.packets.toLocaleString("en")} packets refused`}
          </Badge>
        </Tooltip>
      ))}
    </Group>
  )
}
