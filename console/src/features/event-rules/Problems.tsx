import { Alert, Code, Stack, Text } from "@mantine/core"
import type { EventTrial } from "../../../../src/api/contract/index.ts"

type Problem = Extract<EventTrial, { readonly kind: "bad" }>["problems"][number]

/** What is wrong, each with its line of the text and a mark under the place. */
export function Problems({ text, problems }: { readonly text: string; readonly problems: readonly Problem[] }) {
  return (
    <Alert color="red" role="alert" title={problems.length === 1 ? "A mistake" : `${problems.length} mistakes`}>
      <Stack gap="sm">
        {problems.map((problem) => (
          <div key={`${problem.line}:${problem.column}:${problem.message}`}>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              Line {problem.line}, column {problem.column}: {problem.message}
            </Text>
            <Code block>{marked(text, problem)}</Code>
          </div>
        ))}
      </Stack>
    </Alert>
  )
}

// What fits beside each other on a narrow page.
const [before, shown] = [40, 100]

function marked(text: string, { line, column, length }: Problem): string {
  const whole = text.split("\n")[line - 1] ?? ""
  const from = Math.max(0, column - 1 - before)
  const part = whole.slice(from, from + shown)
  const at = column - 1 - from
  const marks = Math.max(1, Math.min(length ?? 1, part.length - at))
  // Tabs stay tabs, so that the mark stands under its place.
  return `${part}\n${part.slice(0, at).replace(/[^\t]/g, " ")}${"^".repeat(marks)}`
}
