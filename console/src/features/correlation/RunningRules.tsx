import { Anchor, Badge, Code, Group, Paper, Stack, Text, Title } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import type { CorrelationRuleList } from "../../../../src/api/contract/index.ts"
import { correlationRules } from "../../api/queries.ts"
import { State } from "../../components/State.tsx"

type Rule = CorrelationRuleList["items"][number]

/** What runs, each as a sentence. */
export function RunningRules() {
  return (
    <section aria-label="Rules that run">
      <Title order={3} size="h5" mb={6}>
        Rules that run
      </Title>
      <State
        of={useQuery(correlationRules)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">No rule runs: alerts are stored, and no incident is made of them.</Text>}
      >
        {({ items }) => (
          <Stack gap="xs">
            {items.map((rule) => (
              <RuleCard key={`${rule.kind} ${rule.id}`} rule={rule} />
            ))}
          </Stack>
        )}
      </State>
    </section>
  )
}

function RuleCard({ rule: { kind, id, title, sentence, sources, enabled } }: { readonly rule: Rule }) {
  return (
    <Paper withBorder p="sm" style={{ opacity: enabled ? 1 : 0.75 }}>
      <Group gap="xs" mb={2}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        <Badge size="sm" variant="light" color={kind === "intent" ? "teal" : "blue"} tt="none">
          {kind === "intent" ? "intent rule" : "clustering rule"}
        </Badge>
        {!enabled && (
          <Badge size="sm" variant="light" color="gray" tt="none">
            off
          </Badge>
        )}
      </Group>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {sentence}
      </Text>
      <Group gap="xs" mt={4}>
        <Code>{id}</Code>
        {sources.filter(isWeb).map((source) => (
          <Anchor key={source} size="xs" href={source} target="_blank" rel="noopener noreferrer">
            {new URL(source).hostname}
          </Anchor>
        ))}
      </Group>
    </Paper>
  )
}

// A rule file is somebody's text: nothing else than a page is opened from it.
const isWeb = (source: string) => /^https?:\/\//.test(source)
