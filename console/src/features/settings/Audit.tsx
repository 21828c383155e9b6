import { Code, Table, Text } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import { audit } from "../../api/queries.ts"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"

export function Audit() {
  return (
    <Page title="Audit log" about="Every change: who, from where, what, and what stood there before and after.">
      <State
        of={useQuery(audit)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">Nothing was changed yet.</Text>}
      >
        {({ items }) => (
          <Table.ScrollContainer minWidth={760}>
            <Table verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  {["Time", "Who", "From", "Did", "To", "Before → after"].map((name) => (
                    <Table.Th key={name}>{name}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ id, at, who, from, action, subject, before, after }) => (
                  <Table.Tr key={id}>
                    <Table.Td style={{ whiteSpace: "nowrap" }}>
                      {new Date(at).toLocaleString([], { hour12: false })}
                    </Table.Td>
                    <Table.Td>{who}</Table.Td>
                    <Table.Td>{from ?? "–"}</Table.Td>
                    <Table.Td>{action}</Table.Td>
                    <Table.Td>
                      <Code>{subject}</Code>
                    </Table.Td>
                    <Table.Td maw={360}>
                      <Text
                        size="xs"
                        ff="monospace"
                        lineClamp={2}
                        title={`${JSON.stringify(before)} → ${JSON.stringify(after)}`}
                      >
                        {before === null && after === null
                          ? ""
                          : `${JSON.stringify(before)} → ${JSON.stringify(after)}`}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </State>
    </Page>
  )
}
