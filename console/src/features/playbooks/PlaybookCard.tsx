import { Badge, Button, Group, Paper, Switch, Text } from "@mantine/core"
import { useDisclosure } from "@mantine/hooks"
import { notifications } from "@mantine/notifications"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ShownPlaybook } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { DryRunDialog } from "./DryRunDialog.tsx"

export function PlaybookCard({ shown: { playbook, sentence, file, problems } }: { readonly shown: ShownPlaybook }) {
  const client = useQueryClient()
  const who = useQuery(me).data
  const [trying, { open, close }] = useDisclosure()
  const turn = useMutation({
    mutationFn: (enabled: boolean) =>
      api("POST", `/playbooks/${encodeURIComponent(playbook.id)}/${enabled ? "enable" : "disable"}`, {}),
    onError: (error) =>
      notifications.show({ color: "red", title: "The playbook was not changed", message: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ["playbooks"] }),
  })
  return (
    <Paper withBorder p="md" style={{ display: "flex", gap: 16, alignItems: "center", flexWrap: "wrap" }}>
      <div style={{ flex: "1 1 320px", minWidth: 0 }}>
        <Group gap="xs">
          <Text fw={600}>{playbook.name}</Text>
          <Badge variant="light" color={playbook.mode === "automatic" ? "teal" : "gray"} tt="none">
            {playbook.mode}
          </Badge>
        </Group>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {sentence}
        </Text>
        {problems.map((problem) => (
          <Text key={problem} size="sm" c="orange" style={{ overflowWrap: "anywhere" }}>
            {problem}
          </Text>
        ))}
        <Text size="xs" c="dimmed" ff="monospace">
          {playbook.id}
          {file === null ? "" : ` in ${file}`}
        </Text>
      </div>
      {may(who, "analyst") && (
        <Button size="xs" variant="default" onClick={open} aria-label={`Dry run of ${playbook.id}`}>
          Dry run
        </Button>
      )}
      <Switch
        aria-label={`${playbook.name} is enabled`}
        disabled={!may(who, "admin") || turn.isPending}
        checked={playbook.enabled}
        onChange={(event) => turn.mutate(event.currentTarget.checked)}
      />
      {trying && <DryRunDialog playbook={playbook} onClose={close} />}
    </Paper>
  )
}
