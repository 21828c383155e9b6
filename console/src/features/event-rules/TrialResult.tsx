import { Badge, Checkbox, Code, Group, List, Paper, Stack, Text } from "@mantine/core"
import { useState } from "react"
import type { EventTrial } from "../../../../src/api/contract/index.ts"

type Result = Extract<EventTrial, { readonly kind: "ok" }>
type Judgement = Result["records"][number]["judgements"][number]

/** What became of each record, and why. */
export function TrialResult({ result }: { readonly result: Result }) {
  const { sentences, records, matched, leftOut, unread } = result
  const [onlyMatched, setOnlyMatched] = useState(false)
  const shown = onlyMatched ? records.filter(isMatch) : records
  return (
    <Stack gap="xs" role="status" aria-label="Result">
      {sentences.map((sentence) => (
        <Text key={sentence} size="sm" style={{ overflowWrap: "anywhere" }}>
          {sentence}
        </Text>
      ))}
      <Group justify="space-between">
        <Text fw={600}>
          {matched} of {records.length} {records.length === 1 ? "record" : "records"} matched
          {leftOut > 0 && `; ${leftOut} more were not tried`}
        </Text>
        <Checkbox
          size="xs"
          label="Only those that matched"
          checked={onlyMatched}
          onChange={(event) => setOnlyMatched(event.currentTarget.checked)}
        />
      </Group>
      {unread.map(({ line, reason }) => (
        <Text key={line} size="sm" c="red">
          Line {line} could not be read: {reason}
        </Text>
      ))}
      {shown.map((record, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: several records may stand in one line, and none moves
        <Paper key={index} withBorder p="xs" data-testid="record">
          <Text size="xs" c="dimmed">
            Line {record.line} · {new Date(record.at).toISOString()} · {record.node}
          </Text>
          <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {record.summary}
          </Code>
          {record.judgements.map((one) => (
            <Judged key={one.rule} of={one} />
          ))}
        </Paper>
      ))}
    </Stack>
  )
}

const isMatch = ({ judgements }: Result["records"][number]) => judgements.some(({ outcome }) => outcome !== "no match")

function Judged({ of: { rule, outcome, because, title, description } }: { readonly of: Judgement }) {
  return (
    <div>
      <Group gap="xs" mt="xs">
        <Badge tt="none" variant="light" color={outcome === "no match" ? "gray" : "teal"}>
          {outcome}
        </Badge>
        {rule !== null && <Code>{rule}</Code>}
      </Group>
      {title !== null && (
        <Text size="sm" fw={600}>
          {title}
        </Text>
      )}
      {description !== null && <Text size="sm">{description}</Text>}
      <List size="sm" listStyleType="none">
        {because.map((reason) => (
          <List.Item key={reason} style={{ overflowWrap: "anywhere" }}>
            {outcome === "no match" ? "✗" : "✓"} {reason}
          </List.Item>
        ))}
      </List>
    </div>
  )
}
