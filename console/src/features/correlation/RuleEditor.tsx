import { Alert, Button, CopyButton, Group, Paper, Select, Stack, Text, Title } from "@mantine/core"
import { useMutation, useQuery } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import type { CorrelationPreview } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"
import { me } from "../../api/queries.ts"
import { may } from "../../app/navigation.tsx"
import { Diagnostics } from "../../components/Diagnostics.tsx"
import { useYamlField, YamlField } from "../../components/YamlField.tsx"
import { PreviewResult } from "./PreviewResult.tsx"

const dayMs = 86_400_000
const spans = [
  { value: String(dayMs), label: "Last day" },
  { value: String(7 * dayMs), label: "Last 7 days" },
  { value: String(30 * dayMs), label: "Last 30 days" },
]

export interface RuleEditorProps {
  readonly initial: string
  readonly title?: string
  /** Show what it would have made before anybody asks. */
  readonly runAtOnce?: boolean
}

/** Rules in YAML, and what they would have made of stored alerts. */
export function RuleEditor({ initial, title = "Try rules", runAtOnce = false }: RuleEditorProps) {
  const who = useQuery(me).data
  const analyst = may(who, "analyst")
  const [text, setText] = useState(initial)
  const [span, setSpan] = useState(String(7 * dayMs))
  const { field, show } = useYamlField()
  const preview = useMutation({
    mutationFn: () =>
      api<CorrelationPreview>("POST", "/correlation/preview", { rules: text, since: Date.now() - Number(span) }),
  })
  const hasRun = useRef(false)
  const { mutate } = preview
  useEffect(() => {
    if (!runAtOnce || !analyst || hasRun.current) return
    hasRun.current = true
    mutate()
  }, [runAtOnce, analyst, mutate])
  return (
    <section aria-label={title}>
      <Title order={3} size="h5" mb={6}>
        {title}
      </Title>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <YamlField
            label="Rules in YAML"
            value={text}
            field={field}
            onChange={setText}
            onRun={() => analyst && preview.mutate()}
          />
          <Group gap="xs">
            <Select
              size="xs"
              w={140}
              aria-label="Alerts of"
              allowDeselect={false}
              data={spans}
              value={span}
              onChange={(next) => setSpan(next ?? span)}
            />
            <Button size="xs" disabled={!analyst} loading={preview.isPending} onClick={() => preview.mutate()}>
              Preview
            </Button>
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {copied ? "Copied" : "Copy"}
                </Button>
              )}
            </CopyButton>
            <Button size="xs" variant="default" onClick={() => download(text)}>
              Download
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            {analyst || who === undefined ? "" : "A preview needs the role analyst. "}Nothing is changed here: rules
            that run are files. Put this among the files of <code>intentRules:</code> in thwart.yaml (or{" "}
            <code>--intent-rules</code>) and start the server again.
          </Text>
          {preview.error !== null && (
            <Alert color="red" role="alert" title="There is no preview">
              {preview.error.message}
            </Alert>
          )}
          {preview.data?.kind === "bad" && <Diagnostics of={preview.data.diagnostics} onShow={show} />}
          {preview.data?.kind === "ok" && <PreviewResult of={preview.data} />}
        </Stack>
      </Paper>
    </section>
  )
}

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }))
  const link = document.createElement("a")
  link.href = url
  link.download = "rules.yaml"
  link.click()
  URL.revokeObjectURL(url)
}
