import {
  Alert,
  Button,
  Center,
  Group,
  Loader,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core"
import { IconShieldBolt } from "@tabler/icons-react"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { type FormEvent, useEffect, useRef, useState } from "react"
import type { WhoAmI } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me } from "../../api/queries.ts"

export function SignIn() {
  const who = useQuery(me)
  const link = useLink()
  const navigate = useNavigate()
  const inside = who.data !== undefined && !who.data.mustChangePassword
  useEffect(() => {
    if (inside) void navigate({ to: "/" })
  }, [inside, navigate])

  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={380} shadow="sm">
        <Group gap="xs" mb="lg">
          <IconShieldBolt size={26} color="var(--mantine-primary-color-filled)" aria-hidden />
          <Title order={1} size="h3">
            Thwart
          </Title>
        </Group>
        {link.waiting || who.isPending ? (
          <Loader aria-label="Loading" />
        ) : who.data?.mustChangePassword === true ? (
          <NewPassword />
        ) : (
          <Password problem={link.problem} />
        )}
      </Paper>
    </Center>
  )
}

/** A link printed on the machine itself carries its secret behind the `#`, which no server log ever sees. */
function useLink(): { readonly waiting: boolean; readonly problem: string | undefined } {
  const client = useQueryClient()
  const [secret, setSecret] = useState(secretInAddress)
  const [problem, setProblem] = useState<string>()
  const used = useRef<string>(undefined)
  useEffect(() => {
    const onHash = () => setSecret(secretInAddress())
    window.addEventListener("hashchange", onHash)
    return () => window.removeEventListener("hashchange", onHash)
  }, [])
  useEffect(() => {
    if (secret === undefined || used.current === secret) return
    used.current = secret
    window.history.replaceState(null, "", window.location.pathname)
    api<WhoAmI>("POST", "/session/one-time", { token: secret })
      .then((who) => client.setQueryData(me.queryKey, who))
      .catch((error: Error) => setProblem(error.message))
      .finally(() => setSecret(undefined))
  }, [secret, client])
  return { waiting: secret !== undefined, problem }
}

function secretInAddress(): string | undefined {
  return /^#token=([\w-]+)$/.exec(window.location.hash)?.[1]
}

function useSubmit(action: () => Promise<void>, first: string | undefined) {
  const [problem, setProblem] = useState(first)
  const [busy, setBusy] = useState(false)
  useEffect(() => setProblem(first), [first])
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    action()
      .catch((error: Error) => setProblem(error.message))
      .finally(() => setBusy(false))
  }
  return { problem, busy, onSubmit }
}

function Password({ problem: first }: { readonly problem: string | undefined }) {
  const client = useQueryClient()
  const [name, setName] = useState("")
  const [password, setPassword] = useState("")
  const { problem, busy, onSubmit } = useSubmit(async () => {
    client.setQueryData(me.queryKey, await api<WhoAmI>("POST", "/session", { name, password }))
  }, first)
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        {problem !== undefined && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
        <TextInput
          label="Name"
          autoComplete="username"
          required
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}

function NewPassword() {
  const client = useQueryClient()
  const [current, setCurrent] = useState("")
  const [next, setNext] = useState("")
  const { problem, busy, onSubmit } = useSubmit(async () => {
    await api("POST", "/session/password", { current, next })
    await client.invalidateQueries({ queryKey: me.queryKey })
  }, undefined)
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        <Text size="sm">Your one-time password has done its work. Choose one of your own.</Text>
        {problem !== undefined && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
        <PasswordInput
          label="One-time password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description="12 characters or more"
          autoComplete="new-password"
          required
          minLength={12}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy}>
          Set password
        </Button>
      </Stack>
    </form>
  )
}
