import { Alert, Badge, Button, Code, Group, Select, Stack, Switch, Table, TextInput, Title } from "@mantine/core"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { CreatedToken, CreatedUser } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { tokens, users } from "../../api/queries.ts"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { Ago } from "../../components/Time.tsx"

export function Accounts() {
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: ({ name, disabled }: { name: string; disabled: boolean }) =>
      api("PATCH", `/users/${encodeURIComponent(name)}`, { disabled }),
    onSettled: () => client.invalidateQueries({ queryKey: ["users"] }),
  })
  const revoke = useMutation({
    mutationFn: (id: string) => api("DELETE", `/tokens/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  })
  return (
    <Page
      title="Users and tokens"
      about="Viewers read; analysts also block, undo and keep the allowlist; administrators also change users, tokens and policies."
    >
      <Stack gap="xs">
        <Title order={3} size="h5">
          Users
        </Title>
        <Add
          what="user"
          onDone={(made: CreatedUser) =>
            `${made.name} signs in with the one-time password ${made.oneTimePassword}. It is shown this once.`
          }
          path="/users"
        />
        {change.error !== null && (
          <Alert color="red" role="alert">
            {change.error.message}
          </Alert>
        )}
        <State of={useQuery(users)}>
          {({ items }) => (
            <Table verticalSpacing={6}>
              <Table.Tbody>
                {items.map(({ name, role, disabled, mustChangePassword }) => (
                  <Table.Tr key={name}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{role}</Table.Td>
                    <Table.Td>{mustChangePassword && <Badge variant="light">one-time password</Badge>}</Table.Td>
                    <Table.Td>
                      <Switch
                        aria-label={`${name} may sign in`}
                        checked={!disabled}
                        onChange={(event) => change.mutate({ name, disabled: !event.currentTarget.checked })}
                      />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </State>
      </Stack>
      <Stack gap="xs">
        <Title order={3} size="h5">
          Tokens
        </Title>
        <Add
          what="token"
          onDone={(made: CreatedToken) => `The secret of ${made.name} is ${made.secret}. It is shown this once.`}
          path="/tokens"
        />
        <State of={useQuery(tokens)} isEmpty={({ items }) => items.length === 0} empty="There is no token.">
          {({ items }) => (
            <Table verticalSpacing={6}>
              <Table.Tbody>
                {items.map(({ id, name, role, lastUsedAt }) => (
                  <Table.Tr key={id}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{role}</Table.Td>
                    <Table.Td>
                      <Code>{id}</Code>
                    </Table.Td>
                    <Table.Td>{lastUsedAt === null ? "never used" : <Ago at={lastUsedAt} />}</Table.Td>
                    <Table.Td>
                      <Button
                        size="compact-xs"
                        variant="default"
                        onClick={() => revoke.mutate(id)}
                        aria-label={`Revoke ${name}`}
                      >
                        Revoke
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </State>
      </Stack>
    </Page>
  )
}

const userRoles = ["viewer", "analyst", "admin"] as const
// A sensor sends records and reads nothing.
const tokenRoles = ["sensor", ...userRoles] as const

interface AddProps<T> {
  readonly what: "user" | "token"
  readonly path: string
  readonly onDone: (made: T) => string
}

function Add<T>({ what, path, onDone }: AddProps<T>) {
  const client = useQueryClient()
  const [name, setName] = useState("")
  const [role, setRole] = useState("viewer")
  const add = useMutation({
    mutationFn: () => api<T>("POST", path, { name, role }),
    onSuccess: async () => {
      setName("")
      await client.invalidateQueries({ queryKey: [`${what}s`] })
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
      {add.data !== undefined && (
        <Alert color="teal" role="status" mb="sm">
          {onDone(add.data)}
        </Alert>
      )}
      <Group align="flex-end">
        <TextInput
          size="xs"
          label={`Name of the new ${what}`}
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label="Role"
          w={120}
          data={what === "token" ? [...tokenRoles] : [...userRoles]}
          allowDeselect={false}
          value={role}
          onChange={(value) => setRole(value ?? role)}
        />
        <Button size="xs" type="submit" loading={add.isPending}>
          Add
        </Button>
      </Group>
    </form>
  )
}
