import { Alert, Button, Group, Paper, SegmentedControl, Select, Stack, Text, Textarea, Title } from "@mantine/core"
import { useMutation } from "@tanstack/react-query"
import type { FormEvent } from "react"
import type { EventTrial, NewEventTrial } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { Problems } from "./Problems.tsx"
import { TrialResult } from "./TrialResult.tsx"

export interface Trial {
  readonly kind: "filter" | "rules"
  readonly filter: string
  readonly rules: string
  readonly format: NewEventTrial["format"]
  readonly records: string
}

export const emptyTrial: Trial = { kind: "filter", filter: "", rules: "", format: "audit", records: "" }

const formats = [
  { value: "audit", label: "Linux audit" },
  { value: "falco", label: "Falco" },
  { value: "tetragon", label: "Tetragon" },
  { value: "cloudtrail", label: "CloudTrail" },
]
const kinds = [
  { value: "filter", label: "A filter" },
  { value: "rules", label: "Rules (YAML)" },
]
const mono = { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }

interface Props {
  readonly trial: Trial
  readonly onChange: (trial: Trial) => void
}

/** Runs a filter or rules over pasted records; nothing is stored. */
export function TryBox({ trial, onChange }: Props) {
  const { kind, format, records } = trial
  const run = useMutation({
    mutationFn: (asked: Trial) =>
      api<EventTrial>("POST", "/events/try", {
        format: asked.format,
        records: asked.records,
        [asked.kind]: asked[asked.kind],
      }),
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    run.mutate(trial)
  }
  // A result is of what was asked, and not of what is being written.
  const isStale = run.variables !== undefined && run.variables !== trial
  return (
    <Paper withBorder p="md" component="section" aria-label="Try" id="try">
      <form onSubmit={onSubmit}>
        <Stack gap="sm">
          <Group justify="space-between">
            <Title order={3} size="h5">
              Try
            </Title>
            <SegmentedControl
              size="xs"
              aria-label="What is tried"
              data={kinds}
              value={kind}
              // The cast holds: the values are those above.
              onChange={(value) => onChange({ ...trial, kind: value as Trial["kind"] })}
            />
          </Group>
          <Textarea
            label={kind === "filter" ? "Filter" : "Rules"}
            placeholder={kind === "filter" ? 'syscall = "connect" and connection.dst_addr != "10.0.0.0/8"' : "rules: …"}
            required
            autosize
            minRows={kind === "filter" ? 2 : 6}
            maxRows={20}
            spellCheck={false}
            styles={mono}
            value={trial[kind]}
            onChange={(event) => onChange({ ...trial, [kind]: event.currentTarget.value })}
          />
          {!isStale && run.data?.kind === "bad" && <Problems text={trial[kind]} problems={run.data.problems} />}
          <Textarea
            label="Records"
            description="As the tool writes them, one a line; the first 200 are tried."
            required
            autosize
            minRows={3}
            maxRows={12}
            maxLength={512 * 1024}
            spellCheck={false}
            styles={mono}
            value={records}
            onChange={(event) => onChange({ ...trial, records: event.currentTarget.value })}
          />
          <Group align="flex-end">
            <Select
              label="Records of"
              w={160}
              data={formats}
              allowDeselect={false}
              value={format}
              // The cast holds: the values are those above.
              onChange={(value) => onChange({ ...trial, format: (value ?? format) as Trial["format"] })}
            />
            <Button type="submit" loading={run.isPending}>
              Try
            </Button>
            <Text size="sm" c="dimmed">
              Nothing is stored, and nobody is blocked.
            </Text>
          </Group>
          {run.error !== null && (
            <Alert color="red" role="alert">
              {run.error.message}
            </Alert>
          )}
          {run.data?.kind === "ok" && (
            <div style={{ opacity: isStale ? 0.5 : 1 }}>
              <TrialResult result={run.data} />
            </div>
          )}
        </Stack>
      </form>
    </Paper>
  )
}
