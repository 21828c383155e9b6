import { Alert, Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { api } from "../../api/client.ts"

type Fields = Record<"rules" | "path" | "parameter" | "source" | "owner" | "reason", string>

const empty: Fields = { rules: "", path: "", parameter: "", source: "", owner: "", reason: "" }
const inputs: readonly { readonly name: keyof Fields; readonly label: string; readonly hint: string }[] = [
  { name: "rules", label: "Rule", hint: "942100, 942100-942199 or tag:attack-sqli" },
  { name: "path", label: "Path", hint: "/search, or /shop/*" },
  { name: "parameter", label: "Parameter", hint: "ARGS:comment" },
  { name: "source", label: "Source", hint: "192.0.2.0/24" },
  { name: "owner", label: "Owner", hint: "A person or a team" },
  { name: "reason", label: "Reason", hint: "For whoever asks why, later" },
]
const required: readonly (keyof Fields)[] = ["rules", "owner", "reason"]
const dayMs = 86_400_000
const ends = [
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "never", label: "It has no end" },
]

export interface ExceptionDialogProps {
  readonly prefilled: Partial<Fields>
  readonly onClose: () => void
}

export function ExceptionDialog({ prefilled, onClose }: ExceptionDialogProps) {
  const client = useQueryClient()
  const [fields, setFields] = useState<Fields>({ ...empty, ...prefilled })
  const [end, setEnd] = useState("30")
  const placeless = fields.path.trim() === "" && fields.parameter.trim() === "" && fields.source.trim() === ""
  const add = useMutation({
    mutationFn: () => {
      const given = (name: keyof Fields) => fields[name].trim() || null
      return api("POST", "/rule-exceptions", {
        rules: given("rules"),
        path: given("path"),
        parameter: given("parameter"),
        source: given("source"),
        owner: given("owner"),
        reason: given("reason"),
        expiresAt: end === "never" ? null : Date.now() + Number(end) * dayMs,
      })
    },
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries()
    },
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Modal opened onClose={onClose} title="Add an exception" closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={onSubmit}>
        <Stack gap="xs">
          {add.error !== null && (
            <Alert color="red" role="alert">
              {add.error.message}
            </Alert>
          )}
          {inputs.map(({ name, label, hint }) => (
            <TextInput
              key={name}
              label={label}
              placeholder={hint}
              required={required.includes(name)}
              error={name === "source" && placeless ? "Give a path, a parameter or a source" : undefined}
              value={fields[name]}
              onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
            />
          ))}
          <Select
            label="End"
            data={ends}
            value={end}
            allowDeselect={false}
            onChange={(value) => setEnd(value ?? "30")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending} disabled={placeless}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
