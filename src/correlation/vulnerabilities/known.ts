import type { NodeRef, Vulnerability, VulnerabilityReport } from "../../core/index.ts"
import { imageName } from "./image-name.ts"
import { gravest } from "./read-report.ts"

/** What is known of nodes, held in memory for rules that ask; replaced as a whole when a report comes or goes. */
export interface KnownVulnerabilities {
  /** One for each id: of two packages or reports, what is graver. */
  vulnerabilitiesOf(node: NodeRef): readonly Vulnerability[]
  replace(reports: readonly VulnerabilityReport[]): void
}

// Nodes whose vulnerabilities are worked out already.
const maxNodes = 10_000
const none: readonly Vulnerability[] = []

export function createKnownVulnerabilities(): KnownVulnerabilities {
  let [byNode, byImage] = [new Map<string, VulnerabilityReport[]>(), new Map<string, VulnerabilityReport[]>()]
  const worked = new Map<string, readonly Vulnerability[]>()

  return {
    vulnerabilitiesOf: ({ id, name, image }) => {
      if (byNode.size === 0 && byImage.size === 0) return none
      const key = JSON.stringify([id, name, image])
      const known = worked.get(key)
      if (known !== undefined) return known
      const reports = new Set([
        ...(byNode.get(id) ?? []),
        ...(byNode.get(name) ?? []),
        ...(image === undefined ? [] : (byImage.get(imageName(image)) ?? [])),
      ])
      if (worked.size >= maxNodes) worked.clear()
      const found = oneForEachId([...reports].flatMap(({ vulnerabilities }) => vulnerabilities))
      worked.set(key, found)
      return found
    },
    replace: (reports) => {
      worked.clear()
      byNode = new Map()
      byImage = new Map()
      for (const report of reports) {
        const { subject } = report
        if (subject.kind === "node") add(byNode, subject.node, report)
        else for (const image of new Set(subject.images.map(imageName))) add(byImage, image, report)
      }
    },
  }
}

function oneForEachId(all: readonly Vulnerability[]): readonly Vulnerability[] {
  const found = new Map<string, Vulnerability>()
  for (const one of all) {
    const id = one.id.toUpperCase()
    const known = found.get(id)
    found.set(id, known === undefined ? one : gravest(known, one))
  }
  return [...found.values()]
}

function add(map: Map<string, VulnerabilityReport[]>, key: string, report: VulnerabilityReport): void {
  const row = map.get(key)
  if (row === undefined) map.set(key, [report])
  else row.push(report)
}
