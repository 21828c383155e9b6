import { Badge, Button, Code, Group, type MantineColor, Table, Text } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { PlaybookRunPage } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Ago } from "../../components/Time.tsx"

type Run = PlaybookRunPage["items"][number]
type Step = Run["steps"][number]

export const outcomeColours: Readonly<Record<Step["outcome"], MantineColor>> = {
  done: "teal",
  prolonged: "teal",
  skipped: "gray",
  refused: "red",
  held: "orange",
  proposed: "blue",
  monitored: "gray",
  waiting: "yellow",
}

export function Runs({ items }: { readonly items: readonly Run[] }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {["When", "Playbook", "About", "Steps", ""].map((name) => (
              <Table.Th key={name}>{name === "" ? <span aria-hidden /> : name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function RunRow({ run }: { readonly run: Run }) {
  return (
    <Table.Tr data-row tabIndex={0} className="row-link" style={{ cursor: "default" }}>
      <Table.Td>
        <Ago at={run.at} />
      </Table.Td>
      <Table.Td>
        <Text size="sm">{run.playbook}</Text>
        <Text size="xs" c="dimmed">
          {run.state}
          {run.by === `playbook:${run.playbook}` ? "" : ` by ${run.by}`}
        </Text>
      </Table.Td>
      <Table.Td>
        <Code style={{ overflowWrap: "anywhere" }}>{run.subject}</Code>
        {run.count > 0 && (
          <Text size="xs" c="dimmed">
            {run.count} {run.count === 1 ? "alert" : "alerts"}
          </Text>
        )}
      </Table.Td>
      <Table.Td maw={480}>
        {run.steps.map((step) => (
          <Group key={step.step} gap={6} wrap="nowrap" align="flex-start" mb={4}>
            <Badge size="sm" variant="light" color={outcomeColours[step.outcome]} tt="none" style={{ flexShrink: 0 }}>
              {step.outcome}
            </Badge>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {step.sentence}
              {step.reason !== null && (
                <Text span size="xs" c="dimmed">
                  {" "}
                  {step.reason}
                </Text>
              )}
            </Text>
          </Group>
        ))}
      </Table.Td>
      <Table.Td>{run.state === "proposed" && <Decision run={run} />}</Table.Td>
    </Table.Tr>
  )
}

function Decision({ run }: { readonly run: Run }) {
  const client = useQueryClient()
  const who = useQuery(me).data
  const decide = useMutation({
    mutationFn: (accept: boolean) => api("POST", `/playbook-runs/${run.id}/decision`, { accept }),
    onError: (error) => notifications.show({ color: "red", title: "Nothing was decided", message: error.message }),
    onSettled: () => client.invalidateQueries(),
  })
  if (!may(who, "analyst")) return null
  return (
    <Group gap="xs" wrap="nowrap">
      <Button size="compact-xs" loading={decide.isPending} onClick={() => decide.mutate(true)}>
        Accept
      </Button>
      <Button size="compact-xs" variant="default" disabled={decide.isPending} onClick={() => decide.mutate(false)}>
        Reject
      </Button>
    </Group>
  )
}
