import { Select } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"

export function StatusControl({ incident }: Pick<IncidentDetail, "incident">) {
  const client = useQueryClient()
  const who = useQuery(me).data
  const change = useMutation({
    mutationFn: (status: string) => api("PATCH", `/incidents/${incident.id}`, { status }),
    onError: (error) =>
      notifications.show({ color: "red", title: "The status was not changed", message: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", incident.id] }),
  })
  return (
    <Select
      size="xs"
      w={150}
      aria-label="Status"
      allowDeselect={false}
      disabled={!may(who, "analyst") || change.isPending}
      value={incident.status}
      data={[
        { value: "open", label: "Open" },
        { value: "contained", label: "Contained" },
        { value: "closed", label: "Closed" },
        { value: "false-positive", label: "False positive" },
      ]}
      onChange={(status) => status !== null && change.mutate(status)}
    />
  )
}
