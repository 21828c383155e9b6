import { Alert, Button, Group } from "@mantine/core"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me, verdictOf } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { ExceptionDialog } from "./ExceptionDialog.tsx"

/** Marks an alert as a false positive, or takes that back. */
export function VerdictButton({ alert }: { readonly alert: string }) {
  const analyst = may(useQuery(me).data, "analyst")
  const client = useQueryClient()
  const marked = useQuery(verdictOf(alert)).data?.items[0]?.verdict === "false-positive"
  const mark = useMutation({
    mutationFn: () =>
      marked
        ? api("DELETE", `/alerts/${alert}/verdict`)
        : api("PUT", `/alerts/${alert}/verdict`, { verdict: "false-positive" }),
    onSettled: () => client.invalidateQueries(),
  })
  return (
    <Group gap="xs">
      {marked && <span>Marked as a false positive</span>}
      {analyst && (
        <Button size="compact-xs" variant="default" loading={mark.isPending} onClick={() => mark.mutate()}>
          {marked ? "Take the mark back" : "Mark as a false positive"}
        </Button>
      )}
      {mark.error !== null && (
        <Alert color="red" role="alert">
          {mark.error.message}
        </Alert>
      )}
    </Group>
  )
}

type Contribution = IncidentDetail["alerts"][number]["contributions"][number]

/** Opens the form with what this rule matched in this request. */
export function ExceptButton({ of, request }: { readonly of: Contribution; readonly request: string | null }) {
  const analyst = may(useQuery(me).data, "analyst")
  const [open, setOpen] = useState(false)
  if (!analyst) return null
  const path = /^\S+ (\/[^?#\s]*)/.exec(request ?? "")?.[1] ?? ""
  const prefilled = { rules: of.rule, path, parameter: of.matches[0]?.variable ?? "" }
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={() => setOpen(true)}>
        Make an exception for this
      </Button>
      {open && <ExceptionDialog prefilled={prefilled} onClose={() => setOpen(false)} />}
    </>
  )
}
