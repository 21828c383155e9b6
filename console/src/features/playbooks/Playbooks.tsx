import { Button, Code, Stack, Text, Title } from "@mantine/core"
import { useDisclosure } from "@mantine/hooks"
import { IconPlayerPlay } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { me, playbookRuns, playbooks } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { Empty, State } from "../../components/State.tsx"
import { AddDialog } from "./AddDialog.tsx"
import { PlaybookCard } from "./PlaybookCard.tsx"
import { Runs } from "./Runs.tsx"

export function Playbooks() {
  const [adding, { open, close }] = useDisclosure()
  const admin = may(useQuery(me).data, "admin")
  return (
    <Page
      title="Playbooks"
      about="When a rule, a policy or an incident is seen, run these steps. What they decide is a countermeasure with a reason, an end and a way back."
      actions={
        admin && (
          <Button size="xs" onClick={open}>
            Add playbooks
          </Button>
        )
      }
    >
      <State
        of={useQuery(playbooks)}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty icon={<IconPlayerPlay size={32} stroke={1.4} aria-hidden />} title="There is no playbook">
            One line is enough: <Code>{"- { rule: thwart/path-scan, enforcer: nftables }"}</Code>
          </Empty>
        }
      >
        {({ items }) => (
          <Stack gap="sm">
            {items.map((one) => (
              <PlaybookCard key={one.playbook.id} shown={one} />
            ))}
          </Stack>
        )}
      </State>
      <Title order={3} size="h4">
        Runs
      </Title>
      <State
        of={useQuery(playbookRuns)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">No playbook has run.</Text>}
      >
        {({ items }) => <Runs items={items} />}
      </State>
      {adding && <AddDialog onClose={close} />}
    </Page>
  )
}
