import { ActionIcon, Alert, Button, Code, Group, Table, Text, TextInput } from "@mantine/core"
import { IconTrash } from "@tabler/icons-react"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { api } from "../../api/client.ts"
import { allowlist, me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { Remaining } from "../../components/Time.tsx"

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
      {analyst && <Add />}
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
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Prefix</Table.Th>
                <Table.Th>Comment</Table.Th>
                <Table.Th>Owner</Table.Th>
                <Table.Th>Ends in</Table.Th>
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ id, prefix, comment, owner, expiresAt }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <Code>{prefix}</Code>
                  </Table.Td>
                  <Table.Td>{comment}</Table.Td>
                  <Table.Td>{owner}</Table.Td>
                  <Table.Td>
                    <Remaining until={expiresAt} />
                  </Table.Td>
                  <Table.Td>
                    {analyst && (
                      <ActionIcon
                        variant="subtle"
                        color="red"
                        aria-label={`Remove ${prefix}`}
                        onClick={() => remove.mutate(id)}
                      >
                        <IconTrash size={16} />
                      </ActionIcon>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </State>
    </Page>
  )
}

function Add() {
  const client = useQueryClient()
  const [prefix, setPrefix] = useState("")
  const [comment, setComment] = useState("")
  const add = useMutation({
    mutationFn: () => api("POST", "/allowlist", { prefix: prefix.trim(), comment }),
    onSuccess: async () => {
      setPrefix("")
      setComment("")
      await client.invalidateQueries()
    },
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form onSubmit={onSubmit}>
      {add.error !== null && (
        <Alert color="red" role="alert" mb="sm">
          {add.error.message}
        </Alert>
      )}
      <Group align="flex-end">
        <TextInput
          size="xs"
          label="Address or prefix"
          placeholder="192.0.2.0/24"
          required
          value={prefix}
          onChange={(event) => setPrefix(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label="Comment"
          placeholder="Whose it is, and why"
          required
          w={280}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" loading={add.isPending}>
          Allow
        </Button>
      </Group>
    </form>
  )
}
