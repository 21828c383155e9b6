import { Stack, Text, Title } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import { deliveries, me, notificationTargets } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Page } from "../../components/Page.tsx"
import { State } from "../../components/State.tsx"
import { DeliveryTable } from "./DeliveryTable.tsx"
import { TargetCard } from "./TargetCard.tsx"

export function Notifications() {
  const analyst = may(useQuery(me).data, "analyst")
  return (
    <Page
      title="Notifications"
      about="Who is told of incidents and countermeasures. Targets are set in thwart.yaml, under notifications; what can't be delivered is tried again, and what is too much for a person is counted and told as one."
    >
      <State
        of={useQuery(notificationTargets)}
        isEmpty={({ items }) => items.length === 0}
        empty={<Text c="dimmed">Nobody is told: there is no target in thwart.yaml.</Text>}
      >
        {({ items }) => (
          <Stack gap="sm">
            {items.map((target) => (
              <TargetCard key={target.name} target={target} mayTest={analyst} />
            ))}
          </Stack>
        )}
      </State>
      <section aria-label="Last deliveries">
        <Title order={3} size="h4" mb="xs">
          Last deliveries
        </Title>
        <State
          of={useQuery(deliveries)}
          isEmpty={({ items }) => items.length === 0}
          empty={<Text c="dimmed">Nothing was told yet.</Text>}
        >
          {({ items }) => <DeliveryTable items={items} />}
        </State>
      </section>
    </Page>
  )
}
