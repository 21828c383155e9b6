import { Badge, Button, Group, Paper, Select, Stack, Switch, Text } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { Policies as Body } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me, policies } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { BacktestDialog } from "../backtest/BacktestDialog.tsx"
import { ModeDialog } from "./ModeDialog.tsx"

type Policy = Body["items"][number]

const modes = [
  { value: "automatic", label: "Automatic" },
  { value: "interactive", label: "Interactive" },
  { value: "monitor", label: "Monitor" },
]

export function Policies() {
  return (
    <Page
      title="Policies"
      about="What is seen how often, and what is done about it. Automatic enforces; interactive proposes, and a person decides; monitor shows what it would do."
    >
      <State
        of={useQuery(policies)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">There is no policy.</Text>}
      >
        {({ items }) => (
          <Stack gap="sm">
            {items.map((policy) => (
              <PolicyCard key={policy.id} policy={policy} />
            ))}
          </Stack>
        )}
      </State>
    </Page>
  )
}

function PolicyCard({ policy }: { readonly policy: Policy }) {
  const client = useQueryClient()
  const who = useQuery(me).data
  const admin = may(who, "admin")
  const [looking, setLooking] = useState<"back" | "before automatic">()
  const [mode, setMode] = useState<Policy["mode"] | null>(null)
  const askAgain = useMutation({
    mutationFn: () =>
      api("POST", `/policies/${encodeURIComponent(policy.id)}/mode`, {
        interactiveStatus: "interactive",
        pending: "keep",
        why: "told to ask again in the console",
      }),
    onError: (error) =>
      notifications.show({ color: "red", title: "The policy was not changed", message: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ["policies"] }),
  })
  const status = policy.mode === "interactive" ? (policy.interactiveStatus ?? "interactive") : "interactive"
  const change = useMutation({
    mutationFn: (changes: Partial<Policy>) => {
      const { sentence: _, ...rest } = policy
      return api("PUT", `/policies/${encodeURIComponent(policy.id)}`, { ...rest, ...changes })
    },
    onError: (error) =>
      notifications.show({ color: "red", title: "The policy was not changed", message: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ["policies"] }),
  })
  const onConfirm = () => {
    setLooking(undefined)
    setMode("automatic")
  }
  return (
    <Paper withBorder p="md" style={{ display: "flex", gap: 16, alignItems: "center", flexWrap: "wrap" }}>
      <div style={{ flex: "1 1 320px" }}>
        <Text fw={600}>{policy.name}</Text>
        <Text size="sm">{policy.sentence}</Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {policy.id} · by {policy.enforcers.length === 0 ? "every enforcer" : policy.enforcers.join(", ")}
        </Text>
      </div>
      {may(who, "analyst") && (
        <Button size="xs" variant="default" aria-label={`Backtest ${policy.name}`} onClick={() => setLooking("back")}>
          Backtest
        </Button>
      )}
      {status !== "interactive" && (
        <Group gap="xs">
          <Badge variant="light" color={status === "always-accept" ? "red" : "gray"} tt="none">
            {status === "always-accept" ? "always accepted" : "always ignored"}
          </Badge>
          {admin && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Let ${policy.name} ask again`}
              loading={askAgain.isPending}
              onClick={() => askAgain.mutate()}
            >
              Ask again
            </Button>
          )}
        </Group>
      )}
      <Select
        size="xs"
        w={130}
        aria-label={`Mode of ${policy.name}`}
        data={modes}
        allowDeselect={false}
        disabled={!admin}
        value={policy.mode}
        onChange={(next) => {
          if (next === policy.mode) return
          if (next === "automatic") setLooking("before automatic")
          // The cast holds: the values are those of the modes above.
          else setMode(next as Policy["mode"] | null)
        }}
      />
      <Switch
        aria-label={`${policy.name} is enabled`}
        disabled={!admin}
        checked={policy.enabled}
        onChange={(event) => change.mutate({ enabled: event.currentTarget.checked })}
      />
      {looking !== undefined && (
        <BacktestDialog
          subject={{ policy: policy.id }}
          name={policy.name}
          onClose={() => setLooking(undefined)}
          {...(looking === "back" ? {} : { confirm: { label: "Go on", onConfirm } })}
        />
      )}
      {mode !== null && <ModeDialog policy={policy} mode={mode} onClose={() => setMode(null)} />}
    </Paper>
  )
}
