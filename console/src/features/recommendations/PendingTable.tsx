import { Badge, Checkbox, Code, type MantineColor, Table, Text, Tooltip } from "@mantine/core"
import { Link } from "@tanstack/react-router"
import { Ago, Remaining } from "../../components/Time.tsx"
import { Severity } from "../incidents/marks.tsx"
import { type Pending, seenOf, targetOf } from "./proposal.ts"

interface Props {
  readonly items: readonly Pending[]
  readonly selected: ReadonlySet<string>
  /** Null: whoever looks may not decide. */
  readonly onSelect: ((selected: ReadonlySet<string>) => void) | null
}

const names = ["Target", "Source", "Node", "Severity", "Seen", "First", "Latest", "Time left", "Evidence"]

export function PendingTable({ items, selected, onSelect }: Props) {
  const shown = items.filter(({ id }) => selected.has(id)).length
  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect?.(next)
  }
  return (
    <Table.ScrollContainer minWidth={940}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {onSelect !== null && (
              <Table.Th w={36}>
                <Checkbox
                  size="xs"
                  aria-label="Select all that are shown"
                  checked={items.length > 0 && shown === items.length}
                  indeterminate={shown > 0 && shown < items.length}
                  onChange={() => onSelect(new Set(shown === items.length ? [] : items.map(({ id }) => id)))}
                />
              </Table.Th>
            )}
            {names.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.id} data-row tabIndex={0} data-selected={selected.has(one.id)}>
              {onSelect !== null && (
                <Table.Td>
                  <Checkbox
                    size="xs"
                    aria-label={`Select ${targetOf(one)}`}
                    checked={selected.has(one.id)}
                    onChange={() => toggle(one.id)}
                  />
                </Table.Td>
              )}
              <Cells of={one} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Cells({ of }: { readonly of: Pending }) {
  return (
    <>
      <Table.Td>
        <Code>{targetOf(of)}</Code>
        {of.held !== null && (
          <Text size="xs" c="dimmed" maw={220} lineClamp={1} title={of.held}>
            Held: {of.held}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{of.source === null ? "*" : <Code>{of.source}</Code>}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{of.node === null ? "*" : of.node.name || of.node.id}</Table.Td>
      <Table.Td>
        <Severity of={of.severity} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{seenOf(of.count, of.count, of.threshold)}</Table.Td>
      <Table.Td>
        <Ago at={of.firstAt} />
      </Table.Td>
      <Table.Td>
        <Ago at={of.latestAt} />
      </Table.Td>
      <Table.Td>
        <Remaining until={of.expiresAt} />
      </Table.Td>
      <Table.Td>
        <Evidence of={of} />
      </Table.Td>
    </>
  )
}

const evidence: Readonly<Record<Pending["evidence"], readonly [color: MantineColor, means: string]>> = {
  stands: ["teal", "It is as it was when this was proposed"],
  masked: ["gray", "Its alerts are masked: it will not be put in force"],
  closed: ["gray", "Its incident was closed: it will not be put in force"],
  "false-positive": ["gray", "It was called a false positive: it will not be put in force"],
  gone: ["orange", "Its alerts are no longer stored: look twice"],
}

function Evidence({ of: { evidence: state, reason } }: { readonly of: Pending }) {
  const [color, means] = evidence[state]
  const badge = (
    <Tooltip label={means}>
      <Badge variant="light" color={color} tt="none">
        {state.replace("-", " ")}
      </Badge>
    </Tooltip>
  )
  if (reason.incident === null) return badge
  return (
    <>
      {badge}{" "}
      <Link to="/incidents/$id" params={{ id: reason.incident }} style={{ fontSize: 12 }}>
        incident
      </Link>
    </>
  )
}
