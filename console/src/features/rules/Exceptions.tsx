import { Alert, Button, Code, Table, Text, Title } from "@mantine/core"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { api } from "../../api/client.ts"
import { ruleExceptions } from "../../api/queries.ts"
import { State } from "../../components/State.tsx"
import { Remaining, useNow } from "../../components/Time.tsx"

export function Exceptions({ canChange }: { readonly canChange: boolean }) {
  const client = useQueryClient()
  const now = useNow()
  const end = useMutation({
    mutationFn: (id: string) => api("PATCH", `/rule-exceptions/${id}`, { end: true }),
    onSettled: () => client.invalidateQueries(),
  })
  return (
    <section aria-label="Exceptions">
      <Title order={3} size="h4" mb="xs">
        Exceptions
      </Title>
      {end.error !== null && (
        <Alert color="red" role="alert">
          {end.error.message}
        </Alert>
      )}
      <State
        of={useQuery(ruleExceptions)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">There is no exception.</Text>}
      >
        {({ items }) => (
          <Table>
            <Table.Thead>
              <Table.Tr>
                {["Rules", "Where", "Owner", "Reason", "Ends in"].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ id, rules, path, parameter, source, owner, reason, expiresAt }) => {
                const over = expiresAt !== null && expiresAt <= now
                return (
                  <Table.Tr key={id} style={{ opacity: over ? 0.6 : 1 }}>
                    <Table.Td>
                      <Code>{rules}</Code>
                    </Table.Td>
                    <Table.Td>{[path, parameter, source].filter((part) => part !== null).join(" · ")}</Table.Td>
                    <Table.Td>{owner}</Table.Td>
                    <Table.Td>{reason}</Table.Td>
                    <Table.Td>{over ? "ended" : <Remaining until={expiresAt} />}</Table.Td>
                    <Table.Td>
                      {canChange && !over && (
                        <Button
                          size="compact-xs"
                          variant="default"
                          aria-label={`End the exception from ${rules} now`}
                          onClick={() => end.mutate(id)}
                        >
                          End now
                        </Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        )}
      </State>
    </section>
  )
}
