import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { MaskReport } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"

export interface MaskButtonProps {
  readonly alerts: readonly string[]
  readonly masked: boolean
  readonly label: string
}

// As many as the server takes at once.
const most = 200

/** Masks these alerts, or takes that back, after asking why. */
export function MaskButton({ alerts, masked, label }: MaskButtonProps) {
  const analyst = may(useQuery(me).data, "analyst")
  const [asking, setAsking] = useState(false)
  if (!analyst) return null
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>
        {label}
      </Button>
      {asking && <MaskDialog alerts={alerts.slice(0, most)} masked={masked} onClose={() => setAsking(false)} />}
    </>
  )
}

function MaskDialog({ alerts, masked, onClose }: Omit<MaskButtonProps, "label"> & { readonly onClose: () => void }) {
  const client = useQueryClient()
  const [why, setWhy] = useState("")
  const verb = masked ? "Mask" : "Unmask"
  const many = alerts.length === 1 ? "this alert" : `${alerts.length} alerts`
  const mask = useMutation({
    mutationFn: () => api<MaskReport>("POST", "/alerts/mask", { alerts, masked, why }),
    onSuccess: async (report) => {
      onClose()
      notifications.show({ color: "teal", title: `${verb}ed ${many}`, message: outcome(report) })
      await client.invalidateQueries()
    },
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    mask.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={`${verb} ${many}`} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={onSubmit}>
        <Stack>
          <Text size="sm">
            {masked
              ? "A masked alert stays stored, counts nowhere and triggers nothing. Incidents are worked out anew without it, and blocks that rest on nothing else end."
              : "It counts again: incidents are worked out anew with it. Nothing is blocked because of that alone; what is seen next counts with it."}
          </Text>
          <TextInput
            label="Reason"
            required
            maxLength={500}
            data-autofocus
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          {mask.error !== null && (
            <Alert color="red" role="alert">
              {mask.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={mask.isPending}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function outcome({ incidents, ended }: MaskReport): string {
  const closed = incidents.filter(({ status }) => status === "closed").length
  const parts = [
    `${incidents.length} ${incidents.length === 1 ? "incident was" : "incidents were"} worked out anew`,
    ...(closed > 0 ? [`${closed} closed, since too little is left`] : []),
    ...(ended.length > 0 ? [`${ended.length} ${ended.length === 1 ? "block" : "blocks"} ended`] : []),
  ]
  return `${parts.join("; ")}.`
}
