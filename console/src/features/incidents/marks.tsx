import { Badge, type MantineColor } from "@mantine/core"
import type { IncidentPage } from "../../../../src/api/contract/index.ts"

export type Incident = IncidentPage["items"][number]

export function Severity({ of }: { readonly of: string }) {
  return (
    <span className="severity" style={{ color: `var(--sev-${of})` }}>
      {of}
    </span>
  )
}

const colours: Readonly<Record<Incident["status"], MantineColor>> = {
  open: "red",
  contained: "teal",
  closed: "gray",
  "false-positive": "gray",
}

export function Status({ of }: { readonly of: Incident["status"] }) {
  return (
    <Badge variant="light" color={colours[of]} tt="none">
      {of.replace("-", " ")}
    </Badge>
  )
}

/** How far along its stages the attack is. */
export function StageStrip({ of: { stages, stagesTotal } }: { readonly of: Incident }) {
  const seen = new Set(stages.map(({ index }) => index))
  const label = `${stages.length} of ${stagesTotal} stages: ${stages.map(({ name }) => name).join(", ")}`
  return (
    <span className="stages" role="img" aria-label={label} title={label}>
      {[...Array(stagesTotal).keys()].map((index) => (
        <span key={index} data-seen={seen.has(index)} />
      ))}
    </span>
  )
}
