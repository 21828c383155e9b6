import { Stack, Text, TextInput } from "@mantine/core"
import { IconSearch } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { eventRules, me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { CloneDialog } from "./CloneDialog.tsx"
import { type EventRule, RuleCard } from "./RuleCard.tsx"
import { emptyTrial, TryBox } from "./TryBox.tsx"

export function EventRules() {
  const analyst = may(useQuery(me).data, "analyst")
  const [search, setSearch] = useState("")
  const [cloning, setCloning] = useState<EventRule | null>(null)
  const [trial, setTrial] = useState(emptyTrial)
  const tryOut = (kind: "filter" | "rules", text: string) => {
    setCloning(null)
    setTrial({ ...trial, kind, [kind]: text })
    document.getElementById("try")?.scrollIntoView()
  }
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = ({ id, name, filter, sentence }: EventRule) =>
    words.every((word) => `${id}\n${name}\n${filter}\n${sentence}`.toLowerCase().includes(word))
  return (
    <Page
      title="Event rules"
      about="What an attack looks like in the records of Linux audit, Falco, Tetragon and CloudTrail. They stand in files; on the page Rules each is turned off, excepted, and shows its hits."
    >
      {analyst && <TryBox trial={trial} onChange={setTrial} />}
      <TextInput
        aria-label="Search event rules"
        placeholder="Id, name, field or word"
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <State
        of={useQuery(eventRules)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">No event rule is loaded.</Text>}
      >
        {({ items }) => {
          const found = items.filter(fits)
          return (
            <Stack gap="sm">
              <Text size="sm" c="dimmed">
                {found.length === items.length ? `${items.length} rules` : `${found.length} of ${items.length} rules`}
              </Text>
              {found.map((rule) => (
                <RuleCard
                  key={rule.id}
                  rule={rule}
                  onClone={() => setCloning(rule)}
                  onTry={analyst ? () => tryOut("filter", rule.filter) : null}
                />
              ))}
            </Stack>
          )
        }}
      </State>
      {cloning !== null && (
        <CloneDialog
          rule={cloning}
          onTry={analyst ? (yaml) => tryOut("rules", yaml) : null}
          onClose={() => setCloning(null)}
        />
      )}
    </Page>
  )
}
