import { Badge, Button, Code, Collapse, Group, Paper, Stack, Text, UnstyledButton } from "@mantine/core"
import { useDisclosure } from "@mantine/hooks"
import { IconChevronRight } from "@tabler/icons-react"
import { Link } from "@tanstack/react-router"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { Bytes, type Span } from "../../components/Bytes.tsx"
import { Time } from "../../components/Time.tsx"
import { Severity } from "../incidents/marks.tsx"
import { ExceptButton, VerdictButton } from "../rules/AlertActions.tsx"
import { MaskButton } from "./MaskButton.tsx"

type Alert = IncidentDetail["alerts"][number]

/** One alert: what happened in a line, and behind it every rule with the bytes that it matched. */
export function AlertEvidence({ alert }: { readonly alert: Alert }) {
  const [opened, { toggle }] = useDisclosure(false)
  const matched = alert.contributions.flatMap(({ matches }) =>
    matches.map(({ value, offset, length }) => value.slice(offset, offset + length)),
  )
  return (
    <Paper withBorder>
      <UnstyledButton className="evidence-toggle" aria-expanded={opened} data-row onClick={toggle}>
        <Group gap="sm" wrap="nowrap">
          <IconChevronRight
            size={16}
            aria-hidden
            style={{ transform: opened ? "rotate(90deg)" : "none", flexShrink: 0 }}
          />
          <Text size="xs" c="dimmed" component="span">
            <Time at={alert.at} />
          </Text>
          <Severity of={alert.severity} />
          <Text fw={600} size="sm" component="span" style={{ whiteSpace: "nowrap" }}>
            {alert.title}
          </Text>
          <Text size="xs" ff="monospace" truncate component="span" c="dimmed">
            {alert.evidence.summary}
          </Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={opened}>
        <Stack p="md" pt={0} gap="md">
          <Facts alert={alert} />
          {opened && (
            <Group gap="xs">
              <VerdictButton alert={alert.id} />
              <MaskButton
                alerts={[alert.id]}
                masked={!alert.masked}
                label={alert.masked ? "Unmask this alert" : "Mask this alert"}
              />
              <LikeButton alert={alert.id} />
            </Group>
          )}
          {alert.contributions.map((contribution) => {
            const { rule, message, score, tags, matches } = contribution
            return (
              <div key={rule}>
                <Group gap="xs" mb={4}>
                  <Code>{rule}</Code>
                  <Text size="sm">{message}</Text>
                  <Badge size="sm" variant="default" tt="none">
                    +{score}
                  </Badge>
                  {opened && <ExceptButton of={contribution} request={alert.evidence.request} />}
                  {tags.map((tag) => (
                    <Badge key={tag} size="sm" variant="light" color="gray" tt="none">
                      {tag}
                    </Badge>
                  ))}
                </Group>
                {matches.map(({ variable, value, offset, length }) => (
                  <div key={`${variable} ${offset}`}>
                    <Text size="xs" c="dimmed" ff="monospace">
                      {variable}
                    </Text>
                    <Bytes label={`What ${rule} matched in ${variable}`} text={value} marks={[{ offset, length }]} />
                  </div>
                ))}
              </div>
            )
          })}
          {alert.evidence.request !== null && (
            <Exchange title="Request" text={alert.evidence.request} matched={matched} />
          )}
          {alert.evidence.response !== null && (
            <Exchange title="Response" text={alert.evidence.response} matched={matched} />
          )}
        </Stack>
      </Collapse>
    </Paper>
  )
}

function LikeButton({ alert }: { readonly alert: string }) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      renderRoot={(props) => <Link to="/correlation" search={{ like: alert }} {...props} />}
    >
      Cluster alerts like this
    </Button>
  )
}

function Facts({ alert }: { readonly alert: Alert }) {
  const { score, threshold, classtype, technique, sensor, source, destination, origin } = alert
  const facts = [
    `score ${score}, threshold ${threshold}`,
    classtype,
    technique,
    `${source.address} → ${destination.address}:${destination.port}`,
    `sensor ${sensor}`,
    origin === null
      ? null
      : [
          origin.file,
          origin.frame === null ? null : `frame ${origin.frame}`,
          origin.line === null ? null : `line ${origin.line}`,
        ]
          .filter((part) => part !== null)
          .join(", "),
  ]
  return (
    <Text size="xs" c="dimmed">
      {facts.filter((fact) => fact !== null).join(" · ")}
    </Text>
  )
}

function Exchange({
  title,
  text,
  matched,
}: {
  readonly title: string
  readonly text: string
  readonly matched: readonly string[]
}) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={2}>
        {title}
      </Text>
      <Bytes label={title} text={text} marks={spansOf(text, matched)} />
    </div>
  )
}

/** Where the matched bytes stand in the message as it was sent; encoded ones don't. */
function spansOf(text: string, matched: readonly string[]): readonly Span[] {
  return matched.flatMap((bytes) => {
    const offset = bytes.length < 2 ? -1 : text.indexOf(bytes)
    return offset < 0 ? [] : [{ offset, length: bytes.length }]
  })
}
