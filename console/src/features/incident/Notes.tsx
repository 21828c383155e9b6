import { Paper, Stack, Text } from "@mantine/core"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { Ago } from "../../components/Time.tsx"

/** Who has it, and what was noted on it; nothing where there is neither. */
export function Notes({ of: { assignee, comments } }: { readonly of: IncidentDetail["notes"] }) {
  if (assignee === null && comments.length === 0) return null
  return (
    <Paper withBorder p="md">
      <Stack gap={6}>
        {assignee !== null && <Text size="sm">Assigned to {assignee}</Text>}
        {comments.map(({ at, by, text }) => (
          <Text key={`${at} ${text}`} size="sm" style={{ overflowWrap: "anywhere" }}>
            {text}{" "}
            <Text span size="xs" c="dimmed">
              {by}, <Ago at={at} />
            </Text>
          </Text>
        ))}
      </Stack>
    </Paper>
  )
}
