import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { ApiRule } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"

export function SwitchDialog({ rule, onClose }: { readonly rule: ApiRule; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [reason, setReason] = useState("")
  const off = rule.state === "off"
  const change = useMutation({
    mutationFn: () =>
      api("POST", `/rules/${encodeURIComponent(rule.id)}/${off ? "enable" : "disable"}`, off ? {} : { reason }),
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries()
    },
  })
  const verb = off ? "Turn on" : "Turn off"
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={`${verb} ${rule.id}`} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={onSubmit}>
        <Stack>
          {change.error !== null && (
            <Alert color="red" role="alert">
              {change.error.message}
            </Alert>
          )}
          <Text size="sm">{rule.message}</Text>
          {!off && (
            <TextInput
              label="Reason"
              placeholder="For whoever asks why, later"
              required
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color={off ? "teal" : "red"} loading={change.isPending}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
