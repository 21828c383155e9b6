import { Paper, Select, Stack, Switch, Text } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { Policies as Body } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me, policies } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"

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
      about="When these incidents or alerts are seen, block, limit or ignore the other side, or quarantine the node. Automatic enforces; interactive proposes; monitor decides and shows, but never enforces."
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
  const admin = may(useQuery(me).data, "admin")
  const change = useMutation({
    mutationFn: (changes: Partial<Policy>) => {
      const { sentence: _, ...rest } = policy
      return api("PUT", `/policies/${encodeURIComponent(policy.id)}`, { ...rest, ...changes })
    },
    onError: (error) =>
      notifications.show({ color: "red", title: "The policy was not changed", message: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ["policies"] }),
  })
  return (
    <Paper withBorder p="md" style={{ display: "flex", gap: 16, alignItems: "center", flexWrap: "wrap" }}>
      <div style={{ flex: "1 1 320px" }}>
        <Text fw={600}>{policy.name}</Text>
        <Text size="sm">{policy.sentence}</Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {policy.id} · by {policy.enforcers.length === 0 ? "every enforcer" : policy.enforcers.join(", ")}
        </Text>
      </div>
      <Select
        size="xs"
        w={130}
        aria-label={`Mode of ${policy.name}`}
        data={modes}
        allowDeselect={false}
        disabled={!admin}
        value={policy.mode}
        onChange={(mode) => change.mutate({ mode: (mode ?? policy.mode) as Policy["mode"] })}
      />
      <Switch
        aria-label={`${policy.name} is enabled`}
        disabled={!admin}
        checked={policy.enabled}
        onChange={(event) => change.mutate({ enabled: event.currentTarget.checked })}
      />
    </Paper>
  )
}
