import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core"
import { useDebouncedValue } from "@mantine/hooks"
import { notifications } from "@mantine/notifications"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { checkedPolicies, me, policies } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Diagnostics } from "../../components/Diagnostics.tsx"
import { useYamlField, YamlField } from "../../components/YamlField.tsx"
import { policyDraft } from "./policy-draft.ts"

// Typing is looked at when it pauses.
const pauseMs = 300

/** Makes a policy of an incident: YAML, with the sentence that it says. */
export function PolicyDialog({
  incident,
  onClose,
}: Pick<IncidentDetail, "incident"> & { readonly onClose: () => void }) {
  const client = useQueryClient()
  const admin = may(useQuery(me).data, "admin")
  const [text, setText] = useState(() => policyDraft(incident))
  const [settled] = useDebouncedValue(text, pauseMs)
  const { field, show } = useYamlField()
  const checked = useQuery({ ...checkedPolicies(settled), placeholderData: keepPreviousData })
  const known = useQuery(policies).data?.items ?? []
  const drafted = checked.data?.kind === "ok" ? checked.data.items : []
  const replaced = drafted.filter(({ id }) => known.some((one) => one.id === id))
  // Before that, a backtest shows what it would have done; it stands under Policies.
  const automatic = drafted.some(({ mode }) => mode === "automatic")
  const save = useMutation({
    mutationFn: async () => {
      for (const { sentence: _, ...policy } of drafted)
        await api("PUT", `/policies/${encodeURIComponent(policy.id)}`, policy)
    },
    onSuccess: async () => {
      onClose()
      notifications.show({
        color: "teal",
        title: drafted.length === 1 ? "The policy is stored" : "The policies are stored",
        message: drafted.map(({ name, mode }) => `${name}: ${mode}`).join("; "),
      })
      await client.invalidateQueries({ queryKey: ["policies"] })
    },
  })
  const isStale = settled !== text || checked.isPlaceholderData || checked.isPending
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title="Make a policy from this"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="sm">
        <YamlField label="Policy in YAML" value={text} minRows={14} field={field} onChange={setText} />
        <div role="status" aria-label="What it says">
          {checked.error !== null && (
            <Alert color="red" role="alert">
              {checked.error.message}
            </Alert>
          )}
          {checked.data?.kind === "bad" && <Diagnostics of={checked.data.diagnostics} onShow={show} />}
          {drafted.map(({ id, sentence, mode }) => (
            <Text key={id} size="sm">
              {sentence}{" "}
              <Text span c="dimmed">
                ({mode})
              </Text>
            </Text>
          ))}
          {automatic && (
            <Text size="sm" c="orange">
              Store it as interactive or monitor first; under Policies it becomes automatic, after a backtest.
            </Text>
          )}
          {replaced.map(({ id }) => (
            <Text key={id} size="sm" c="orange">
              The policy {id} is there already; this takes its place.
            </Text>
          ))}
        </div>
        {save.error !== null && (
          <Alert color="red" role="alert" title="It was not stored">
            {save.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          {!admin && (
            <Text size="sm" c="dimmed">
              Storing policies needs the role admin; copy it for somebody who has it.
            </Text>
          )}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={!admin || isStale || automatic || drafted.length === 0}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            Store
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
