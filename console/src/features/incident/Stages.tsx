import { Button, Stack, Text } from "@mantine/core"
import { useDisclosure } from "@mantine/hooks"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { Time } from "../../components/Time.tsx"
import { AlertEvidence } from "./AlertEvidence.tsx"
import { MaskButton } from "./MaskButton.tsx"
import { Section } from "./Section.tsx"
import { stageAnchor } from "./stage-anchor.ts"

// Scans make many alerts that are alike; the first ones tell the story.
const firstAlerts = 4

/** The stages in order, those that were not seen too. */
export function Chain({ incident: { stages, stagesTotal } }: Pick<IncidentDetail, "incident">) {
  return (
    <ol className="chain" aria-label="Stages">
      {[...Array(stagesTotal).keys()].map((index) => {
        const stage = stages.find((one) => one.index === index)
        return (
          <li key={index} data-seen={stage !== undefined}>
            <Text fw={600} size="sm" tt="capitalize">
              {stage?.name ?? "not seen"}
            </Text>
            {stage !== undefined && (
              <Text size="xs" c="dimmed">
                <Time at={stage.firstAt} /> · {stage.count} {stage.count === 1 ? "alert" : "alerts"}
                {stage.technique !== null && ` · ${stage.technique}`}
              </Text>
            )}
          </li>
        )
      })}
    </ol>
  )
}

/** Each stage with the alerts that made it. */
export function StageEvidence({ incident, alerts }: Pick<IncidentDetail, "incident" | "alerts">) {
  return incident.stages.map((stage) => (
    <Section
      key={stage.index}
      id={stageAnchor(stage.index)}
      title={`${stage.index + 1}. ${stage.name}`}
      about={stage.because}
      actions={
        stage.alerts.length > 1 && (
          <MaskButton alerts={stage.alerts} masked label={`Mask these ${stage.alerts.length} alerts`} />
        )
      }
    >
      <Stack gap={6}>
        <Some alerts={alerts.filter(({ id }) => stage.alerts.includes(id))} />
        {stage.count > stage.alerts.length && (
          <Text c="dimmed">and {stage.count - stage.alerts.length} more alerts</Text>
        )}
      </Stack>
    </Section>
  ))
}

/** Those that counted in it until somebody masked them. */
export function MaskedAlerts({ masked }: Pick<IncidentDetail, "masked">) {
  if (masked.length === 0) return null
  return (
    <Section
      title="Masked alerts"
      about="These count nowhere and trigger nothing; they stay stored."
      actions={<MaskButton alerts={masked.map(({ id }) => id)} masked={false} label="Unmask all" />}
    >
      <Stack gap={6}>
        <Some alerts={masked} />
      </Stack>
    </Section>
  )
}

function Some({ alerts }: Pick<IncidentDetail, "alerts">) {
  const [all, { open }] = useDisclosure()
  const shown = all ? alerts : alerts.slice(0, firstAlerts)
  return (
    <>
      {shown.map((alert) => (
        <AlertEvidence key={alert.id} alert={alert} />
      ))}
      {shown.length < alerts.length && (
        <Button variant="subtle" size="compact-sm" w="fit-content" onClick={open}>
          Show {alerts.length - shown.length} more
        </Button>
      )}
    </>
  )
}
