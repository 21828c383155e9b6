import { Textarea } from "@mantine/core"
import { type RefObject, useRef } from "react"

export interface YamlFieldProps {
  readonly label: string
  readonly value: string
  readonly minRows?: number
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly onChange: (text: string) => void
  /** Control (or Command) and Enter. */
  readonly onRun?: () => void
}

/** A text that is written as YAML. */
export function YamlField({ label, value, minRows = 12, field, onChange, onRun }: YamlFieldProps) {
  return (
    <Textarea
      ref={field}
      aria-label={label}
      autosize
      minRows={minRows}
      maxRows={32}
      spellCheck={false}
      styles={{
        input: {
          fontFamily: "var(--mantine-font-family-monospace)",
          fontSize: 13,
          whiteSpace: "pre",
          overflowX: "auto",
        },
      }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        onRun?.()
      }}
    />
  )
}

/** The field, and how to bring its cursor to a place. */
export function useYamlField() {
  const field = useRef<HTMLTextAreaElement>(null)
  const show = ({ line, column }: { readonly line: number; readonly column: number }) => {
    const text = field.current?.value ?? ""
    const before = text.split("\n").slice(0, line - 1)
    const at = before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1
    const end = text.indexOf("\n", at)
    field.current?.focus()
    field.current?.setSelectionRange(at, end < 0 ? text.length : end)
  }
  return { field, show }
}
