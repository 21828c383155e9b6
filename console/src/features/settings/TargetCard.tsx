import { Alert, Badge, Button, Group, type MantineColor, Paper, Text } from "@mantine/core"
import { IconSend } from "@tabler/icons-react"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import type { DeliveryPage, NotificationTargets } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { Ago } from "../../components/Time.tsx"

type Target = NotificationTargets["items"][number]
type Delivery = DeliveryPage["items"][number]

const states: Readonly<Record<Target["state"], { readonly label: string; readonly color: MantineColor }>> = {
  idle: { label: "nothing sent yet", color: "gray" },
  ok: { label: "works", color: "teal" },
  failing: { label: "failing", color: "red" },
}

export function TargetCard({ target, mayTest }: { readonly target: Target; readonly mayTest: boolean }) {
  const client = useQueryClient()
  const { name, kind, destination, state, reason, pending, delivered, failed, lastDeliveredAt } = target
  const test = useMutation({
    mutationFn: () => api<Delivery>("POST", `/notifications/targets/${encodeURIComponent(name)}/test`),
    onSettled: () => client.invalidateQueries({ queryKey: ["notifications"] }),
  })
  return (
    <Paper withBorder p="sm" component="section" aria-label={name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text fw={600}>{name}</Text>
            <Badge variant="light" color={states[state].color} tt="none">
              {states[state].label}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {kind}: {destination}
          </Text>
          <Text size="sm">{wants(target)}</Text>
          <Text size="sm" c="dimmed" component="div">
            {pending} waiting, {delivered} delivered and {failed} given up since start
            {lastDeliveredAt !== null && (
              <>
                ; the last was delivered <Ago at={lastDeliveredAt} />
              </>
            )}
          </Text>
        </div>
        {mayTest && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconSend size={14} />}
            loading={test.isPending}
            aria-label={`Test ${name}`}
            onClick={() => test.mutate()}
          >
            Test
          </Button>
        )}
      </Group>
      <Outcome
        error={
          test.error?.message ?? (test.data?.state === "failed" ? (test.data.reason ?? "no reason given") : undefined)
        }
        delivered={test.data?.state === "delivered"}
        reason={reason}
      />
    </Paper>
  )
}

interface OutcomeProps {
  /** Why the test did not work. */
  readonly error: string | undefined
  readonly delivered: boolean
  /** Why the last attempt of all did not work. */
  readonly reason: string | null
}

function Outcome({ error, delivered, reason }: OutcomeProps) {
  if (error !== undefined)
    return (
      <Alert color="red" role="alert" mt="xs">
        The test message was not delivered: {error}
      </Alert>
    )
  if (delivered)
    return (
      <Alert color="teal" role="status" mt="xs">
        The test message was delivered.
      </Alert>
    )
  return reason === null ? null : (
    <Text size="sm" c="red" mt="xs" style={{ overflowWrap: "anywhere" }}>
      The last attempt failed: {reason}
    </Text>
  )
}

/** `From medium: incident opened, grown, closed; countermeasure failed; recommendation; playbook`. */
function wants({ minSeverity, kinds }: Target): string {
  const of = (what: string) => {
    const verbs = kinds.filter((kind) => kind.startsWith(`${what}-`)).map((kind) => kind.slice(what.length + 1))
    return verbs.length === 0 ? [] : [`${what} ${verbs.join(", ")}`]
  }
  const whole = kinds.filter((kind) => kind === "recommendation" || kind === "playbook")
  return `From severity ${minSeverity}: ${[...of("incident"), ...of("countermeasure"), ...whole].join("; ")}`
}
