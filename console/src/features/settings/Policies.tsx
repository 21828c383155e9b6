import { Button, Paper, Select, Stack, Switch, Text } from "@mantine/core"
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
      about="When these incidents or alerts are seen, block the other side. Automatic enforces; interactive proposes; monitor decides and shows, but never enforces."
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
    change.mutate({ mode: "automatic" })
  }
  return (
    <Paper withBorder p="md" style={{ display: "flex", gap: 16, alignItems: "center", flexWrap: "wrap" }}>
      <div style={{ flex: "1 1 320px" }}>
        <Text fw={600}>{policy.name}</Text>
        <Text size="sm">{policy.sentence}</Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {policy.id}
        </Text>
      </div>
      {may(who, "analyst") && (
        <Button size="xs" variant="default" aria-label={`Backtest ${policy.name}`} onClick={() => setLooking("back")}>
          Backtest
        </Button>
      )}
      <Select
        size="xs"
        w={130}
        aria-label={`Mode of ${policy.name}`}
        data={modes}
        allowDeselect={false}
        disabled={!admin}
        value={policy.mode}
        onChange={(mode) => {
          if (mode === "automatic" && policy.mode !== mode) setLooking("before automatic")
          else change.mutate({ mode: (mode ?? policy.mode) as Policy["mode"] })
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
          {...(looking === "back" ? {} : { confirm: { label: "Switch to automatic", onConfirm } })}
        />
      )}
    </Paper>
  )
}
