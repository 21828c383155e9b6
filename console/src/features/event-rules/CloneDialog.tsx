import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core"
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { EventRuleClone } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import type { EventRule } from "./RuleCard.tsx"

/** The rule as YAML under another id, to be changed and put into a file. */
export function CloneDialog({
  rule,
  onTry,
  onClose,
}: {
  readonly rule: EventRule
  readonly onTry: ((yaml: string) => void) | null
  readonly onClose: () => void
}) {
  const [id, setId] = useState(`mine/${rule.id.split("/").slice(-1)[0]}`)
  const clone = useMutation({
    mutationFn: () =>
      api<EventRuleClone>(
        "GET",
        `/event-rules/${encodeURIComponent(rule.id)}/clone?as=${encodeURIComponent(id.trim())}`,
      ),
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    clone.mutate()
  }
  return (
    <Modal opened onClose={onClose} size="xl" title={`Clone ${rule.id}`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <form onSubmit={onSubmit}>
          <Group align="flex-end">
            <TextInput
              label="Id of the new rule"
              required
              maxLength={200}
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <Button type="submit" loading={clone.isPending}>
              Clone
            </Button>
          </Group>
        </form>
        {clone.error !== null && (
          <Alert color="red" role="alert">
            {clone.error.message}
          </Alert>
        )}
        {clone.data !== undefined && <Yaml text={clone.data.yaml} onTry={onTry} />}
      </Stack>
    </Modal>
  )
}

function Yaml({ text, onTry }: { readonly text: string; readonly onTry: ((yaml: string) => void) | null }) {
  return (
    <>
      <Text size="sm">
        Put this into a file that <Code>eventRules:</Code> in thwart.yaml names, change it, and look it over with{" "}
        <Code>thwart events check</Code>.
      </Text>
      <Code block aria-label="The new rule" style={{ maxHeight: "50vh", overflow: "auto", whiteSpace: "pre-wrap" }}>
        {text}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        {onTry !== null && <Button onClick={() => onTry(text)}>Try it</Button>}
      </Group>
    </>
  )
}
