import { Button, SegmentedControl } from "@mantine/core"
import { useDisclosure } from "@mantine/hooks"
import { IconBan } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { countermeasures, me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { Empty, State } from "../../components/State.tsx"
import { BlockDialog } from "./BlockDialog.tsx"
import { CountermeasureTable } from "./CountermeasureTable.tsx"

export function Countermeasures() {
  const who = useQuery(me).data
  const [shown, setShown] = useState("active")
  const list = useQuery(countermeasures(shown === "all"))
  const [blocking, { open, close }] = useDisclosure()
  return (
    <Page
      title="Countermeasures"
      about="What is done to whom, until when, and what each enforcer says is true of it."
      actions={
        may(who, "analyst") && (
          <Button size="xs" leftSection={<IconBan size={16} />} onClick={open}>
            Block an address
          </Button>
        )
      }
    >
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label="Which"
        value={shown}
        onChange={setShown}
        data={[
          { value: "active", label: "In force" },
          { value: "all", label: "All" },
        ]}
      />
      <State
        of={list}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty
            icon={<IconBan size={40} stroke={1.2} color="var(--mantine-color-dimmed)" aria-hidden />}
            title="Nobody is blocked"
          >
            What policies decide and what you block by hand stands here, with its end and its proof.
          </Empty>
        }
      >
        {({ items }) => <CountermeasureTable items={items} />}
      </State>
      {blocking && <BlockDialog onClose={close} />}
    </Page>
  )
}
