import { Anchor, Button, Group, Paper, Text } from "@mantine/core"
import { IconCheck } from "@tabler/icons-react"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { RecommendationDetail } from "../../../../src/api/contract/index.ts"
import { ApiError } from "../../api/client.ts"
import { me, policies, recommendation } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { Empty, State } from "../../components/State.tsx"
import { Severity } from "../incidents/marks.tsx"
import { DecisionDialog, type Wish } from "./DecisionDialog.tsx"
import { PendingTable } from "./PendingTable.tsx"
import { actionOf } from "./proposal.ts"
import { Counts } from "./Recommendations.tsx"

const pageSize = 100
const most = 1000

export function RecommendationPage({ id }: { readonly id: string }) {
  const [limit, setLimit] = useState(pageSize)
  const [wish, setWish] = useState<Wish | null>(null)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const detail = useQuery(recommendation(id, limit))
  const decided = detail.error instanceof ApiError && detail.error.status === 404
  return (
    <>
      {decided ? (
        <Decided />
      ) : (
        <State of={detail}>
          {(data) => (
            <Detail
              detail={data}
              selected={selected}
              onSelect={setSelected}
              onWish={setWish}
              onMore={limit < most ? () => setLimit(limit + pageSize) : null}
            />
          )}
        </State>
      )}
      {wish !== null && (
        <DecisionDialog wish={wish} onClose={() => setWish(null)} onDecided={() => setSelected(new Set())} />
      )}
    </>
  )
}

function Decided() {
  return (
    <Page title="Recommendation">
      <Group justify="center" mih={220}>
        <Empty icon={<IconCheck size={40} stroke={1.2} aria-hidden />} title="Nothing of it is pending any more">
          It was decided, ran out, or what it rested on no longer holds: the audit log has which.{" "}
          <Anchor component={Link} to="/recommendations" size="sm">
            All recommendations
          </Anchor>
        </Empty>
      </Group>
    </Page>
  )
}

interface DetailProps {
  readonly detail: RecommendationDetail
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
  readonly onWish: (wish: Wish) => void
  readonly onMore: (() => void) | null
}

function Detail({ detail: { recommendation: of, items, next }, selected, onSelect, onWish, onMore }: DetailProps) {
  const who = useQuery(me).data
  // Where only a guardrail held it back, there is nothing to accept or ignore always.
  const asks =
    useQuery(policies).data?.items.some(({ id, mode }) => id === of.policy && mode === "interactive") ?? false
  // What was decided meanwhile is not selected any more; that must not turn "1 selected" into "all".
  const choosing = selected.size > 0
  const chosen = items.filter(({ id }) => selected.has(id)).map(({ id }) => id)
  const shown = next === null ? items.map(({ id }) => id) : null
  // All that is looked at, and not what comes while somebody writes why.
  const pending = choosing ? chosen : shown
  const wishFor = (kind: Wish["kind"]) => () =>
    onWish({ of, kind, pending: kind === "accept" || kind === "dismiss" ? pending : null })
  const which = choosing ? `${chosen.length} selected` : `all ${pending?.length ?? of.pending}`
  const nothing = choosing && chosen.length === 0
  return (
    <Page
      title={
        <Group gap="sm">
          {actionOf(of)} <Severity of={of.severity} /> <Counts of={of} />
        </Group>
      }
      about={
        <>
          <Anchor component={Link} to="/recommendations" size="sm">
            Recommendations
          </Anchor>{" "}
          / {of.policyName}: {of.sentence}
        </>
      }
    >
      <Paper withBorder p="sm">
        {may(who, "analyst") ? (
          <Group gap="xs">
            <Button size="xs" color="red" disabled={nothing} onClick={wishFor("accept")}>
              Accept {which}
            </Button>
            <Button size="xs" variant="default" disabled={nothing} onClick={wishFor("dismiss")}>
              Dismiss {which}
            </Button>
            {choosing && (
              <Button size="xs" variant="subtle" color="gray" onClick={() => onSelect(new Set())}>
                Clear selection
              </Button>
            )}
            {asks && may(who, "admin") && (
              <>
                <Button size="xs" variant="light" color="red" ml="auto" onClick={wishFor("always-accept")}>
                  Always accept
                </Button>
                <Button size="xs" variant="light" color="gray" onClick={wishFor("always-ignore")}>
                  Always ignore
                </Button>
              </>
            )}
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            You may look at this. To decide needs the role of an analyst.
          </Text>
        )}
      </Paper>
      <PendingTable items={items} selected={selected} onSelect={may(who, "analyst") ? onSelect : null} />
      {next !== null && (
        <Group gap="sm">
          {onMore !== null && (
            <Button size="xs" variant="default" w="fit-content" onClick={onMore}>
              Show more
            </Button>
          )}
          <Text size="sm" c="dimmed">
            {items.length} of {of.pending.toLocaleString()} are shown, the oldest first
          </Text>
        </Group>
      )}
    </Page>
  )
}
