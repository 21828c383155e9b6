import { Badge, Code, Group, Stack, Table, Text } from "@mantine/core"
import { useQuery } from "@tanstack/react-query"
import type { RelatedVulnerabilities } from "../../../../src/api/contract/index.ts"
import { incidentVulnerabilities } from "../../api/queries.ts"
import { State } from "../../components/State.tsx"
import { Severity } from "../incidents/marks.tsx"

type Vulnerability = RelatedVulnerabilities["items"][number]["vulnerabilities"][number]

// The gravest stand first; the list of vulnerabilities has the rest.
const mostShown = 8

/** What scanners know of the nodes of the incident. */
export function Vulnerabilities({ incident }: { readonly incident: string }) {
  return (
    <State of={useQuery(incidentVulnerabilities(incident))}>
      {({ items }) => {
        const known = items.filter(({ total }) => total > 0)
        if (known.length === 0)
          return (
            <Text size="sm" c="dimmed">
              None is known. Reports of Trivy, Grype and CycloneDX are imported with{" "}
              <Code>thwart vulnerabilities import</Code>.
            </Text>
          )
        return (
          <Stack gap="sm">
            {known.map(({ node, total, vulnerabilities }) => (
              <div key={node.id}>
                <Text size="sm" fw={600}>
                  {node.kind} {node.name}: {total.toLocaleString("en")} known
                </Text>
                <List of={vulnerabilities.slice(0, mostShown)} />
                {total > mostShown && (
                  <Text size="xs" c="dimmed">
                    and {(total - mostShown).toLocaleString("en")} more
                  </Text>
                )}
              </div>
            ))}
          </Stack>
        )
      }}
    </State>
  )
}

function List({ of }: { readonly of: readonly Vulnerability[] }) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing={4} fz="sm">
        <Table.Tbody>
          {of.map(({ id, severity, package: name, installedVersion, fixedVersion, knownExploited, epss }) => (
            <Table.Tr key={`${id} ${name} ${installedVersion}`}>
              <Table.Td w={190}>
                <Code>{id}</Code>
              </Table.Td>
              <Table.Td w={100}>
                <Severity of={severity} />
              </Table.Td>
              <Table.Td>
                {name} {installedVersion}
                {fixedVersion !== null && `, fixed in ${fixedVersion}`}
              </Table.Td>
              <Table.Td w={230}>
                <Group gap={6}>
                  {knownExploited && (
                    <Badge size="sm" color="red" variant="light" tt="none">
                      known exploited
                    </Badge>
                  )}
                  {epss !== null && (
                    <Text size="xs" c="dimmed">
                      EPSS {(epss * 100).toFixed(1)} %
                    </Text>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
