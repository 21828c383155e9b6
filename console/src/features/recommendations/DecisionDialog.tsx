import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { DecisionReport } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { durationMsOf, durations } from "./durations.ts"
import { Outcomes } from "./Outcomes.tsx"
import type { Recommendation } from "./proposal.ts"

export interface Wish {
  readonly of: Recommendation
  readonly kind: "accept" | "dismiss" | "always-accept" | "always-ignore"
  /** Null: all that is pending. */
  readonly pending: readonly string[] | null
}

const words: Readonly<Record<Wish["kind"], readonly [verb: string, means: string]>> = {
  accept: ["Accept", "Each is held against the allowlist, the guardrails and what is in force, and then put in force."],
  dismiss: ["Dismiss", "Nothing is done. The same evidence does not bring it back; new evidence does."],
  "always-accept": [
    "Always accept",
    "What is pending is put in force, and what the policy proposes from now on too, without asking. Under Policies it is told to ask again.",
  ],
  "always-ignore": [
    "Always ignore",
    "What is pending goes, and the policy proposes nothing any more. Under Policies it is told to ask again.",
  ],
}

interface Props {
  readonly wish: Wish
  readonly onClose: () => void
  readonly onDecided: () => void
}

export function DecisionDialog({ wish, onClose, onDecided }: Props) {
  const { of, kind, pending } = wish
  const client = useQueryClient()
  const [duration, setDuration] = useState("policy")
  const [why, setWhy] = useState("")
  const decide = useMutation({
    mutationFn: () => {
      const common = { why, ...(kind === "accept" || kind === "always-accept" ? durationMsOf(duration) : {}) }
      return kind === "accept" || kind === "dismiss"
        ? api<DecisionReport>("POST", `/recommendations/${of.id}/decide`, { kind, pending, ...common })
        : api<DecisionReport>("POST", `/recommendations/${of.id}/always`, {
            kind: kind.slice("always-".length),
            ...common,
          })
    },
    onSuccess: onDecided,
    // What became of it is shown at once; the rest of the screen follows.
    onSettled: () => void client.invalidateQueries(),
  })
  const [verb, means] = words[kind]
  const count = pending?.length ?? of.pending
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    decide.mutate()
  }
  if (decide.data !== undefined) return <Report of={decide.data} onClose={onClose} />
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${verb}: ${of.policyName}, ${count.toLocaleString()} of ${of.pending.toLocaleString()}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={onSubmit}>
        <Stack>
          {decide.error !== null && (
            <Alert color="red" role="alert" title="Nothing was decided">
              {decide.error.message}
            </Alert>
          )}
          <Text size="sm">{means}</Text>
          {(kind === "accept" || kind === "always-accept") && (
            <Select
              label="For"
              data={durations}
              value={duration}
              allowDeselect={false}
              onChange={(value) => setDuration(value ?? duration)}
            />
          )}
          <TextInput
            label="Why"
            placeholder="For whoever asks later"
            required
            data-autofocus
            maxLength={500}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color={kind.endsWith("accept") ? "red" : "gray"} loading={decide.isPending}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Report({ of: { items, notPending }, onClose }: { readonly of: DecisionReport; readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} size="lg" title="What became of it" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Outcomes items={items} />
        {notPending.length > 0 && (
          <Text size="sm" c="dimmed">
            {notPending.length} had been decided before.
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
