import { Alert, Stack, UnstyledButton } from "@mantine/core"

export interface Diagnostic {
  readonly code: string
  readonly severity: "error" | "warning"
  readonly message: string
  readonly line: number
  readonly column: number
}

export interface DiagnosticsProps {
  readonly of: readonly Diagnostic[]
  /** Brings the cursor to the place. */
  readonly onShow: (place: { readonly line: number; readonly column: number }) => void
}

/** What is wrong with a text, each with the way to its place. */
export function Diagnostics({ of, onShow }: DiagnosticsProps) {
  return (
    <Alert color="red" role="alert" title={of.length === 1 ? "One mistake" : `${of.length} mistakes`}>
      <Stack gap={4}>
        {of.map((one) => (
          <UnstyledButton
            key={`${one.line} ${one.column} ${one.message}`}
            fz="sm"
            style={{ overflowWrap: "anywhere" }}
            onClick={() => onShow(one)}
          >
            <code>
              {one.line}:{one.column}
            </code>{" "}
            {one.message}
          </UnstyledButton>
        ))}
      </Stack>
    </Alert>
  )
}
