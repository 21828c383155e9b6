import { Alert, Button, Group, Modal, Radio, Skeleton, Stack, Text, TextInput } from "@mantine/core"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { ModeChange, Policies } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { Outcomes } from "../recommendations/Outcomes.tsx"

type Policy = Policies["items"][number]

const means: Readonly<Record<Policy["mode"], string>> = {
  automatic: "It acts by itself, within the guardrails.",
  interactive: "It proposes, and a person decides under Recommendations.",
  monitor: "It shows what it would do, and does nothing.",
}

interface Props {
  readonly policy: Policy
  readonly mode: Policy["mode"]
  readonly onClose: () => void
}

/** Changes the mode; what is pending is listed before any of it is put in force. */
export function ModeDialog({ policy, mode, onClose }: Props) {
  const client = useQueryClient()
  const [why, setWhy] = useState("")
  const [pending, setPending] = useState<"accept" | "keep">("accept")
  const path = `/policies/${encodeURIComponent(policy.id)}/mode`
  const preview = useQuery({
    queryKey: ["mode-preview", policy.id, mode],
    queryFn: () => api<ModeChange>("POST", path, { mode, why: "as below", preview: true }),
    staleTime: 0,
    gcTime: 0,
  })
  const change = useMutation({
    mutationFn: () => api<ModeChange>("POST", path, { mode, why, pending, expected: preview.data?.items.length ?? 0 }),
    onSuccess: () => {
      onClose()
      return client.invalidateQueries()
    },
    onError: () => preview.refetch(),
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  const items = preview.data?.items ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`${policy.name}: from ${policy.mode} to ${mode}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={onSubmit}>
        <Stack>
          {(change.error ?? preview.error) !== null && (
            <Alert color="red" role="alert" title="The mode was not changed">
              {(change.error ?? preview.error)?.message}
            </Alert>
          )}
          <Text size="sm">{means[mode]}</Text>
          {preview.isPending && <Skeleton height={28} aria-label="Loading" />}
          {items.length > 0 && (
            <>
              <Radio.Group
                label={`${items.length.toLocaleString()} ${items.length === 1 ? "proposal waits" : "proposals wait"} for a decision`}
                value={pending}
                onChange={(value) => setPending(value === "keep" ? "keep" : "accept")}
              >
                <Stack gap={6} mt={6}>
                  <Radio value="accept" label="Accept them: this becomes of each" />
                  <Radio value="keep" label="Leave them to be decided" />
                </Stack>
              </Radio.Group>
              {pending === "accept" && <Outcomes items={items} />}
            </>
          )}
          {items.length === 0 && (preview.data?.kept ?? 0) > 0 && (
            <Text size="sm">What is pending stays to be decided: {preview.data?.kept.toLocaleString()}.</Text>
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
            <Button
              type="submit"
              color={mode === "automatic" ? "red" : "blue"}
              disabled={preview.data === undefined}
              loading={change.isPending}
            >
              Change to {mode}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
