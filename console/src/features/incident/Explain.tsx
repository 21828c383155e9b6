import { Modal, Stack, Text } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import { explain } from "../../api/queries.ts"
import { State } from "../../components/State.tsx"

/** Why: from the incident back to every byte that led there. */
export function Explain({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} size="xl" title="Why" closeButtonProps={{ "aria-label": "Close" }}>
      <State of={useQuery(explain(id))}>
        {({ story }) => (
          <Stack gap={6}>
            {story.map((line) => (
              <Text
                key={line}
                size="sm"
                ff={line.startsWith("  ") ? "monospace" : "text"}
                pl={line.startsWith("  ") ? "md" : 0}
                style={{ overflowWrap: "anywhere" }}
              >
                {line.trim()}
              </Text>
            ))}
          </Stack>
        )}
      </State>
    </Modal>
  )
}
