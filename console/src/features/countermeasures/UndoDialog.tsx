import { Alert, Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { api } from "../../api/client.ts"
import { type Countermeasure, doneTo, targetOf, whatOf } from "./target.ts"

export function UndoDialog({ of, onClose }: { readonly of: Countermeasure; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [falsePositive, setFalsePositive] = useState(false)
  const [comment, setComment] = useState("")
  const undo = useMutation({
    mutationFn: () => api("POST", `/countermeasures/${of.id}/undo`, { falsePositive, comment }),
    onSuccess: async () => {
      notifications.show({
        color: "teal",
        title: "Undone",
        message: `${targetOf(of)} is no longer ${doneTo(of)}.`,
      })
      onClose()
      await client.invalidateQueries()
    },
  })
  return (
    <Modal opened onClose={onClose} title={`Undo the ${whatOf(of)}`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        {undo.error !== null && (
          <Alert color="red" role="alert">
            {undo.error.message}
          </Alert>
        )}
        <Text size="sm">It ends at once, everywhere. New evidence may bring it back.</Text>
        <Checkbox
          label="It was a false positive: the same evidence shall not bring it back"
          checked={falsePositive}
          onChange={(event) => setFalsePositive(event.currentTarget.checked)}
        />
        <TextInput
          label="Comment"
          placeholder="For whoever looks later"
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button color="red" loading={undo.isPending} onClick={() => undo.mutate()}>
            Undo
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
