import { Badge, Code, type MantineColor, Table, Text } from "@mantine/core"
import { type Decided, targetOf } from "./proposal.ts"

const colours: Readonly<Record<Decided["state"], MantineColor>> = {
  accepted: "teal",
  already: "teal",
  refused: "red",
  withdrawn: "orange",
  ignored: "gray",
  dismissed: "gray",
  expired: "gray",
  pending: "yellow",
}

// The rest is in the audit log, and nobody reads a longer list in a dialog.
const most = 200

/** What became of each, or would. */
export function Outcomes({ items }: { readonly items: readonly Decided[] }) {
  // What was not done is what somebody has to see.
  const rest = items.filter(({ state }) => state !== "accepted")
  const accepted = items.filter(({ state }) => state === "accepted")
  const counts = [...Map.groupBy(items, ({ state }) => state)].map(
    ([state, { length }]) => `${length.toLocaleString()} ${state}`,
  )
  return (
    <>
      {items.length > 1 && <Text size="sm">{counts.join(", ")}</Text>}
      <Table.ScrollContainer minWidth={0} mah={320}>
        <Table verticalSpacing={4} aria-label="What became of each">
          <Table.Tbody>
            {[...rest, ...accepted].slice(0, most).map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td w="1%" style={{ whiteSpace: "nowrap" }}>
                  <Code>{targetOf(one)}</Code>
                </Table.Td>
                <Table.Td w="1%">
                  <Badge miw="max-content" variant="light" color={colours[one.state]} tt="none">
                    {one.state}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  <Text size="xs" c="dimmed">
                    {one.state === "accepted" ? "" : one.outcome?.why}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {items.length > most && (
        <Text size="xs" c="dimmed">
          and {(items.length - most).toLocaleString()} more
        </Text>
      )}
    </>
  )
}
