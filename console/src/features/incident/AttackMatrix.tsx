import { Anchor, Table, Text } from "@mantine/core"
import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { type SeenTechnique, seenTechniques } from "./attack-matrix.ts"
import { stageAnchor } from "./stage-anchor.ts"
import { tactics } from "./tactics.ts"

/** MITRE ATT&CK: each tactic a column, with the techniques that were seen. */
export function AttackMatrix(detail: Pick<IncidentDetail, "incident" | "alerts">) {
  const seen = seenTechniques(detail)
  if (seen.size === 0) return <Text c="dimmed">The rules that saw this name no tactic of MITRE ATT&amp;CK.</Text>
  const columns = Object.entries(tactics)
  return (
    <Table.ScrollContainer minWidth={600}>
      <table className="matrix" aria-label="MITRE ATT&CK">
        <thead>
          <tr>
            {columns.map(([id, name]) => (
              <th key={id} scope="col" data-seen={seen.has(id)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {columns.map(([id]) => (
              <td key={id}>
                {(seen.get(id) ?? []).map((technique) => (
                  <Technique key={technique.id ?? ""} tactic={id} of={technique} />
                ))}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </Table.ScrollContainer>
  )
}

function Technique({ tactic, of: { id, count, stages } }: { readonly tactic: string; readonly of: SeenTechnique }) {
  const page = id === null ? `tactics/${tactic}` : `techniques/${id.replace(".", "/")}`
  return (
    <span className="technique">
      <Anchor
        size="xs"
        fw={600}
        href={`https://attack.mitre.org/${page}/`}
        target="_blank"
        rel="noopener noreferrer"
        title="What MITRE says of it"
      >
        {id ?? tactic}
      </Anchor>
      <br />
      {stages.map((stage, index) => (
        <Anchor key={stage} size="xs" c="inherit" href={`#${stageAnchor(stage)}`}>
          {index === 0 ? `${count.toLocaleString("en")} ${count === 1 ? "alert" : "alerts"}` : `, stage ${stage + 1}`}
        </Anchor>
      ))}
    </span>
  )
}
