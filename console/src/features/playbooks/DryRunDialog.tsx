import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  Modal,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from "@mantine/core"
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { DryRunBody, ShownPlaybook } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { outcomeColours } from "./Runs.tsx"

type Kind = "sample" | "alert" | "incident"

const kinds = [
  { value: "sample", label: "A sample" },
  { value: "alert", label: "An alert" },
  { value: "incident", label: "An incident" },
]

const would: Readonly<Partial<Record<DryRunBody["steps"][number]["outcome"], string>>> = {
  done: "would do",
  prolonged: "would prolong",
  refused: "would refuse",
  held: "would hold",
}

/** What a playbook would do, with each call that would be made. */
export function DryRunDialog({
  playbook,
  onClose,
}: {
  readonly playbook: ShownPlaybook["playbook"]
  readonly onClose: () => void
}) {
  const [kind, setKind] = useState<Kind>("sample")
  const [id, setId] = useState("")
  const run = useMutation({
    mutationFn: () =>
      api<DryRunBody>("POST", `/playbooks/${encodeURIComponent(playbook.id)}/dry-run`, {
        evidence: kind === "sample" ? { kind } : { kind, id: id.trim() },
      }),
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    run.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`Dry run of ${playbook.id}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <form onSubmit={onSubmit}>
          <Group align="flex-end">
            <SegmentedControl
              data={kinds}
              value={kind}
              // The cast holds: the values are those above.
              onChange={(value) => setKind(value as Kind)}
              aria-label="What it is tried on"
            />
            {kind !== "sample" && (
              <TextInput
                aria-label={`The ${kind}'s id`}
                placeholder={kind === "alert" ? "alr_…" : "inc_…"}
                required
                maxLength={100}
                value={id}
                onChange={(event) => setId(event.currentTarget.value)}
                style={{ flex: 1 }}
              />
            )}
            <Button type="submit" loading={run.isPending}>
              Try
            </Button>
          </Group>
        </form>
        <Text size="sm" c="dimmed">
          As if it were automatic, on the targets as they are now. Nothing is changed.
        </Text>
        {run.error !== null && (
          <Alert color="red" role="alert">
            {run.error.message}
          </Alert>
        )}
        {run.data !== undefined && <Outcome of={run.data} />}
      </Stack>
    </Modal>
  )
}

function Outcome({ of: { evidence, whyNot, steps } }: { readonly of: DryRunBody }) {
  return (
    <Stack gap="xs">
      <Text size="sm">Tried on {evidence}.</Text>
      {whyNot.map((why) => (
        <Alert key={why} color="yellow" title="It would not run" style={{ overflowWrap: "anywhere" }}>
          {why}
        </Alert>
      ))}
      {steps.map((step) => (
        <Paper key={step.step} withBorder p="sm">
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <Badge variant="light" color={outcomeColours[step.outcome]} tt="none" style={{ flexShrink: 0 }}>
              {would[step.outcome] ?? step.outcome}
            </Badge>
            <div style={{ minWidth: 0 }}>
              <Text size="sm">
                {step.sentence}
                {step.target !== null && (
                  <>
                    : <Code>{step.target}</Code>
                  </>
                )}
              </Text>
              {step.reason !== null && (
                <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {step.reason}
                </Text>
              )}
              {step.calls.map((of) => (
                <Calls key={of.enforcer} of={of} />
              ))}
            </div>
          </Group>
        </Paper>
      ))}
    </Stack>
  )
}

function Calls({ of: { enforcer, calls, note } }: { readonly of: DryRunBody["steps"][number]["calls"][number] }) {
  return (
    <Stack gap={4} mt="xs">
      <Text size="xs" c="dimmed">
        {enforcer}
        {note === null ? "" : `: ${note}`}
      </Text>
      {calls.length > 0 && (
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {calls.map(({ call }) => call).join("\n")}
        </Code>
      )}
    </Stack>
  )
}
