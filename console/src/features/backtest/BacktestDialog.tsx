import { Alert, Button, Group, Modal, Progress, SegmentedControl, Stack, Text } from "@mantine/core"
import { useState } from "react"
import { BacktestReport } from "./BacktestReport.tsx"
import { type Subject, useBacktest } from "./use-backtest.ts"

const spans = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
]

export interface BacktestDialogProps {
  readonly subject: Subject
  /** How people know it. */
  readonly name: string
  readonly onClose: () => void
  /** What can be done once the result is there. */
  readonly confirm?: { readonly label: string; readonly onConfirm: () => void }
}

/** What a policy or a rule would have done; with `confirm`, what is to be seen before something is switched. */
export function BacktestDialog({ subject, name, onClose, confirm }: BacktestDialogProps) {
  const [days, setDays] = useState("30")
  const { run, error, again } = useBacktest(subject, Number(days))
  const result = run?.result ?? undefined
  const failed = error?.message ?? run?.reason ?? undefined
  return (
    <Modal
      opened
      onClose={onClose}
      size="min(1100px, 95vw)"
      title={`${confirm === undefined ? "Backtest" : "Before it becomes automatic"}: ${name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            What it would have done with what is stored. Nothing is changed.
          </Text>
          <SegmentedControl size="xs" aria-label="How far back" data={spans} value={days} onChange={setDays} />
        </Group>
        {failed !== undefined && (
          <Alert color="red" role="alert" title="There is no result">
            <Group justify="space-between">
              {failed}
              <Button size="xs" variant="default" onClick={again}>
                Try again
              </Button>
            </Group>
          </Alert>
        )}
        {failed === undefined && result === undefined && (
          <div role="status">
            <Progress value={(run?.progress.share ?? 0) * 100} animated aria-label="How far it is" />
            <Text size="sm" mt={4}>
              {(run?.progress.alerts ?? 0).toLocaleString()} alerts looked at
            </Text>
          </div>
        )}
        {failed === undefined && result !== undefined && <BacktestReport result={result} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {confirm === undefined ? "Close" : "Leave it as it is"}
          </Button>
          {confirm !== undefined && (
            <Button
              color={result !== undefined && result.totals.hurt > 0 ? "red" : "blue"}
              disabled={result === undefined && failed === undefined}
              onClick={confirm.onConfirm}
            >
              {result === undefined && failed !== undefined ? `${confirm.label} all the same` : confirm.label}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
