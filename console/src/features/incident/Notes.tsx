import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Ago } from "../../components/Time.tsx"

type NotesOf = IncidentDetail["notes"]

/** Who has it, and what people and playbooks noted on it. */
export function Notes({ of }: { readonly of: NotesOf }) {
  const who = useQuery(me).data
  const analyst = may(who, "analyst")
  return (
    <Stack gap="sm">
      <Assignee of={of} me={analyst ? who?.name : undefined} />
      {of.comments.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nobody commented yet.
        </Text>
      ) : (
        <Stack gap={6} component="ol" m={0} p={0} style={{ listStyle: "none" }} aria-label="Comments">
          {of.comments.map(({ at, by, text }) => (
            <Text
              key={`${at} ${by} ${text}`}
              component="li"
              size="sm"
              style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
            >
              {text}{" "}
              <Text span size="xs" c="dimmed">
                {by}, <Ago at={at} />
              </Text>
            </Text>
          ))}
        </Stack>
      )}
      {analyst && <CommentForm incident={of.incident} />}
    </Stack>
  )
}

function Assignee({ of: { incident, assignee }, me: name }: { readonly of: NotesOf; readonly me: string | undefined }) {
  const client = useQueryClient()
  const [other, setOther] = useState<string>()
  const assign = useMutation({
    mutationFn: (to: string | null) =>
      api("PUT", `/incidents/${encodeURIComponent(incident)}/assignee`, { assignee: to }),
    onSuccess: () => setOther(undefined),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", incident] }),
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    assign.mutate(other ?? null)
  }
  return (
    <form onSubmit={onSubmit}>
      <Group gap="xs">
        <Text size="sm">{assignee === null ? "Assigned to nobody" : `Assigned to ${assignee}`}</Text>
        {name !== undefined && other === undefined && (
          <>
            {assignee !== name && (
              <Button
                size="compact-xs"
                variant="default"
                loading={assign.isPending}
                onClick={() => assign.mutate(name)}
              >
                Assign to me
              </Button>
            )}
            <Button size="compact-xs" variant="default" onClick={() => setOther("")}>
              Assign to…
            </Button>
            {assignee !== null && (
              <Button
                size="compact-xs"
                variant="default"
                loading={assign.isPending}
                onClick={() => assign.mutate(null)}
              >
                Assign to nobody
              </Button>
            )}
          </>
        )}
        {other !== undefined && (
          <>
            <TextInput
              size="xs"
              aria-label="Person or team"
              placeholder="Person or team"
              required
              maxLength={100}
              data-autofocus
              value={other}
              onChange={(event) => setOther(event.currentTarget.value)}
            />
            <Button size="compact-xs" type="submit" loading={assign.isPending}>
              Assign
            </Button>
            <Button size="compact-xs" variant="subtle" onClick={() => setOther(undefined)}>
              Cancel
            </Button>
          </>
        )}
      </Group>
      {assign.error !== null && (
        <Alert color="red" role="alert" mt="xs">
          {assign.error.message}
        </Alert>
      )}
    </form>
  )
}

function CommentForm({ incident }: { readonly incident: string }) {
  const client = useQueryClient()
  const [text, setText] = useState("")
  const comment = useMutation({
    mutationFn: () => api("POST", `/incidents/${encodeURIComponent(incident)}/comments`, { text }),
    onSuccess: () => setText(""),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", incident] }),
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    comment.mutate()
  }
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="xs">
        <Textarea
          aria-label="Comment"
          placeholder="What you found, for whoever looks at it next"
          autosize
          minRows={2}
          maxRows={10}
          maxLength={4000}
          required
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {comment.error !== null && (
          <Alert color="red" role="alert">
            {comment.error.message}
          </Alert>
        )}
        <Button size="xs" variant="default" type="submit" w="fit-content" loading={comment.isPending}>
          Comment
        </Button>
      </Stack>
    </form>
  )
}
