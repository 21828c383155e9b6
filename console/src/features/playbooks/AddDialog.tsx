import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { api } from "../../api/client.ts"

const example = "- { rule: thwart/path-scan, enforcer: nftables, for: 1h }"

/** Playbooks are written as YAML; every mistake comes back with its line. */
export function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient()
  const [text, setText] = useState(example)
  const add = useMutation({
    mutationFn: () => api("PUT", "/playbooks", { text, file: "line" }),
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: ["playbooks"] })
    },
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Modal opened onClose={onClose} size="xl" title="Add playbooks" closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={onSubmit}>
        <Stack>
          <Text size="sm">Playbooks in YAML. One with the id of another takes its place.</Text>
          <Textarea
            aria-label="Playbooks in YAML"
            autosize
            minRows={6}
            maxRows={24}
            required
            spellCheck={false}
            styles={{ input: { fontFamily: "monospace" } }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {add.error !== null && (
            <Alert color="red" role="alert" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {add.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
