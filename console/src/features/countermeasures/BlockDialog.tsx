import { Alert, Button, Group, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { api } from "../../api/client.ts"

const durations = [
  { value: "600000", label: "10 minutes" },
  { value: "3600000", label: "1 hour" },
  { value: "86400000", label: "1 day" },
  { value: "604800000", label: "1 week" },
  { value: "forever", label: "Until someone ends it" },
]

const directions = [
  { value: "inbound", label: "What comes from it" },
  { value: "outbound", label: "What goes to it" },
]

export function BlockDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient()
  const [target, setTarget] = useState("")
  const [duration, setDuration] = useState("3600000")
  const [direction, setDirection] = useState("inbound")
  const [perSecond, setPerSecond] = useState<number | string>("")
  const [reason, setReason] = useState("")
  const block = useMutation({
    mutationFn: () =>
      api("POST", "/countermeasures", {
        target: target.trim(),
        direction,
        ...(perSecond === "" ? {} : { action: "limit", rate: { perSecond, unit: "packets" } }),
        durationMs: duration === "forever" ? null : Number(duration),
        reason,
      }),
    onSuccess: async () => {
      notifications.show({ color: "teal", title: "Blocked", message: `${target} is being blocked.` })
      onClose()
      await client.invalidateQueries({ queryKey: ["countermeasures"] })
    },
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    block.mutate()
  }
  return (
    <Modal opened onClose={onClose} title="Block an address" closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={onSubmit}>
        <Stack>
          {block.error !== null && (
            <Alert color="red" role="alert" title="Not blocked">
              {block.error.message}
            </Alert>
          )}
          <TextInput
            label="Address or prefix"
            placeholder="203.0.113.7 or 203.0.113.0/24"
            required
            data-autofocus
            value={target}
            onChange={(event) => setTarget(event.currentTarget.value)}
          />
          <Select
            label="Refuse"
            data={directions}
            value={direction}
            allowDeselect={false}
            onChange={(value) => setDirection(value ?? direction)}
          />
          <NumberInput
            label="Beyond how many packets a second"
            placeholder="everything"
            min={1}
            max={1_000_000_000}
            allowDecimal={false}
            value={perSecond}
            onChange={setPerSecond}
          />
          <Select
            label="For"
            data={durations}
            value={duration}
            allowDeselect={false}
            onChange={(value) => setDuration(value ?? duration)}
          />
          <TextInput
            label="Reason"
            placeholder="For whoever looks later"
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" loading={block.isPending}>
              Block
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
