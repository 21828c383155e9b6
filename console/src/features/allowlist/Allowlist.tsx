import { ActionIcon, Alert, Badge, Code, Table, Text } from "@mantine/core"
import { IconTrash } from "@tabler/icons-react"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { api } from "../../api/client.ts"
import { allowlist, me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { Remaining, useNow } from "../../components/Time.tsx"
import { AllowForm } from "./AllowForm.tsx"
import { type Entry, nameOf } from "./subject.ts"

const columns = ["Who", "Where", "Comment", "Owner", "Ends in"] as const

export function Allowlist() {
  const analyst = may(useQuery(me).data, "analyst")
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: (id: string) => api("DELETE", `/allowlist/${id}`),
    onSettled: () => client.invalidateQueries(),
  })
  return (
    <Page
      title="Allowlist"
      about="What is never blocked, by policies or by hand. Beside it, loopback, link-local and metadata addresses, this node's own, its gateways and resolvers, and operators who are signed in are always safe."
    >
      {analyst && <AllowForm />}
      {remove.error !== null && (
        <Alert color="red" role="alert">
          {remove.error.message}
        </Alert>
      )}
      <State
        of={useQuery(allowlist)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">The allowlist is empty.</Text>}
      >
        {({ items }) => (
          <Table.ScrollContainer minWidth={760}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  {columns.map((name) => (
                    <Table.Th key={name}>{name}</Table.Th>
                  ))}
                  <Table.Th aria-label="Actions" />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((entry) => (
                  <Row key={entry.id} entry={entry} {...(analyst ? { onRemove: () => remove.mutate(entry.id) } : {})} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </State>
    </Page>
  )
}

function Row({ entry, onRemove }: { readonly entry: Entry; readonly onRemove?: () => void }) {
  const { nodes = [], comment, owner, expiresAt } = entry
  const now = useNow()
  const isOver = expiresAt !== null && expiresAt <= now
  return (
    <Table.Tr {...(isOver ? { c: "dimmed" } : {})}>
      <Table.Td>
        <Code>{nameOf(entry)}</Code>
        <StandsFor entry={entry} />
      </Table.Td>
      <Table.Td>{nodes.length === 0 ? "everywhere" : nodes.join(", ")}</Table.Td>
      <Table.Td>{comment}</Table.Td>
      <Table.Td>{owner}</Table.Td>
      <Table.Td>
        {isOver ? (
          <Badge color="gray" variant="light">
            over
          </Badge>
        ) : (
          <Remaining until={expiresAt} />
        )}
      </Table.Td>
      <Table.Td>
        {onRemove !== undefined && (
          <ActionIcon variant="subtle" color="red" aria-label={`Remove ${nameOf(entry)}`} onClick={onRemove}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

const mostShown = 4

/** The addresses of a name, and why they may be old. */
function StandsFor({ entry: { host, covers = [], problem } }: { readonly entry: Entry }) {
  if (host === undefined) return null
  const shown = covers.slice(0, mostShown).map((one) => one.replace(/\/(32|128)$/, ""))
  const more = covers.length > mostShown ? `, and ${covers.length - mostShown} more` : ""
  return (
    <>
      <Text size="xs" c="dimmed">
        {shown.join(", ")}
        {more}
      </Text>
      {problem && (
        <Text size="xs" c="red" role="status">
          Not resolved of late ({problem}); this is what it stood for last.
        </Text>
      )}
    </>
  )
}
