import { Alert, Button, Group, List, Select, TextInput } from "@mantine/core"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { Allowed } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { nameOf, subjectFrom } from "./subject.ts"

const day = 86_400_000
const ends = [
  { value: "never", label: "No end" },
  { value: String(day), label: "1 day" },
  { value: String(7 * day), label: "1 week" },
  { value: String(30 * day), label: "30 days" },
  { value: String(90 * day), label: "90 days" },
]
const nothing = { what: "", comment: "", owner: "", nodes: "", end: "never" }

/** Adds an entry, and shows what it ended. */
export function AllowForm() {
  const client = useQueryClient()
  const [wish, setWish] = useState(nothing)
  const set = (key: keyof typeof nothing) => (event: { readonly currentTarget: { readonly value: string } }) => {
    const { value } = event.currentTarget
    setWish((before) => ({ ...before, [key]: value }))
  }
  const add = useMutation({
    mutationFn: () => api<Allowed>("POST", "/allowlist", bodyOf(wish)),
    onSuccess: async () => {
      setWish(nothing)
      await client.invalidateQueries()
    },
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form onSubmit={onSubmit}>
      {add.error !== null && (
        <Alert color="red" role="alert" mb="sm" title="Nothing was added">
          {add.error.message}
        </Alert>
      )}
      {add.data !== undefined && <Added entry={add.data} />}
      <Group align="flex-end">
        <TextInput
          size="xs"
          w={250}
          label="Address, prefix, range, name or AS number"
          placeholder="192.0.2.0/24"
          required
          value={wish.what}
          onChange={set("what")}
        />
        <TextInput
          size="xs"
          w={210}
          label="Comment"
          placeholder="Why it is there"
          required
          value={wish.comment}
          onChange={set("comment")}
        />
        <TextInput size="xs" w={130} label="Owner" placeholder="You" value={wish.owner} onChange={set("owner")} />
        <TextInput
          size="xs"
          w={160}
          label="Nodes, with commas"
          placeholder="Everywhere"
          value={wish.nodes}
          onChange={set("nodes")}
        />
        <Select
          size="xs"
          w={110}
          label="Ends in"
          data={ends}
          allowDeselect={false}
          value={wish.end}
          onChange={(end) => setWish((before) => ({ ...before, end: end ?? before.end }))}
        />
        <Button size="xs" type="submit" loading={add.isPending}>
          Allow
        </Button>
      </Group>
    </form>
  )
}

function Added({ entry }: { readonly entry: Allowed }) {
  const { freed } = entry
  return (
    <Alert color="teal" role="status" mb="sm" title={`${nameOf(entry)} is on the allowlist`}>
      {freed.length === 0 ? (
        "Nothing was in force against it."
      ) : (
        <List size="sm">
          {freed.slice(0, 20).map(({ id, subject }) => (
            <List.Item key={id}>{subject.replace(/\/(32|128)$/, "")} is no longer blocked</List.Item>
          ))}
          {freed.length > 20 && <List.Item>… and {freed.length - 20} more</List.Item>}
        </List>
      )}
    </Alert>
  )
}

function bodyOf({ what, comment, owner, nodes, end }: typeof nothing) {
  return {
    ...subjectFrom(what),
    comment,
    ...(owner.trim() === "" ? {} : { owner }),
    nodes: nodes
      .split(",")
      .map((node) => node.trim())
      .filter((node) => node !== ""),
    expiresAt: end === "never" ? null : Date.now() + Number(end),
  }
}
