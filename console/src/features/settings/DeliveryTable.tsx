import { Badge, type MantineColor, Table, Text } from "@mantine/core"
import type { DeliveryPage } from "../../../../src/api/contract/index.ts"
import { Ago } from "../../components/Time.tsx"

type Delivery = DeliveryPage["items"][number]

const colours: Readonly<Record<Delivery["state"], MantineColor>> = {
  pending: "yellow",
  delivered: "teal",
  failed: "red",
}

export function DeliveryTable({ items }: { readonly items: readonly Delivery[] }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {["When", "Target", "State", "Attempts", "What"].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ id, createdAt, target, state, attempts, notice, reason }) => (
            <Table.Tr key={id}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                <Ago at={createdAt} />
              </Table.Td>
              <Table.Td>{target}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={colours[state]} tt="none">
                  {state}
                </Badge>
              </Table.Td>
              <Table.Td>{attempts}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <Text size="sm" title={notice.text}>
                  {notice.title}
                </Text>
                {reason !== null && (
                  <Text size="xs" c="red">
                    {reason}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
