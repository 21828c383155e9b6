import { Anchor, Badge, Button, Code, Group, Paper, Spoiler, Stack, Text } from "@mantine/core"
import type { EventRules } from "../../../../src/api/contract/index.ts"
import { Severity } from "../incidents/marks.tsx"

export type EventRule = EventRules["items"][number]

/** A rule as a sentence, with what its alerts say. */
export function RuleCard({
  rule,
  onClone,
  onTry,
}: {
  readonly rule: EventRule
  readonly onClone: () => void
  readonly onTry: (() => void) | null
}) {
  const { id, name, sentence, title, description, filter, severity, technique, sources, file, line } = rule
  return (
    <Paper withBorder p="md" component="section" aria-label={id}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Group gap="xs">
          <Text fw={600}>{name}</Text>
          <Severity of={severity} />
          <StateMark of={rule} />
        </Group>
        <Group gap="xs" wrap="nowrap">
          {onTry !== null && (
            <Button size="compact-sm" variant="default" aria-label={`Try ${id}`} onClick={onTry}>
              Try
            </Button>
          )}
          <Button size="compact-sm" variant="default" aria-label={`Clone ${id}`} onClick={onClone}>
            Clone
          </Button>
        </Group>
      </Group>
      <Text size="xs" c="dimmed" mb="xs">
        <Code>{id}</Code> {technique !== null && `· ${technique} `}· {file.split("/").slice(-1)[0]}:{line}
      </Text>
      <Spoiler maxHeight={96} showLabel="Show all of it" hideLabel="Show less">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {sentence}
        </Text>
        <Stack gap={4} mt="xs">
          <Line of="Title" text={title} />
          <Line of="Description" text={description} />
          <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {filter}
          </Code>
          {sources.map((source) => (
            <Anchor key={source} href={source} size="xs" target="_blank" rel="noreferrer">
              {source}
            </Anchor>
          ))}
        </Stack>
      </Spoiler>
    </Paper>
  )
}

function StateMark({ of: { enabled, state } }: { readonly of: EventRule }) {
  if (!enabled) return <Badge color="gray">off in its file</Badge>
  const colour = state === "on" ? "teal" : "yellow"
  return (
    <Badge color={colour} variant="light">
      {state ?? "on"}
    </Badge>
  )
}

function Line({ of, text }: { readonly of: string; readonly text: string }) {
  return (
    <Text size="sm">
      <Text span c="dimmed">
        {of}:{" "}
      </Text>
      {text}
    </Text>
  )
}
