/** One thing wrong in what a user wrote (rules, configuration, filters). Lines and columns count from 1. */
export interface Diagnostic {
  readonly code: string
  readonly severity: "error" | "warning"
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** `file:line:column: error: message [code]`, the form that editors and compilers share. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, code } = diagnostic
  return `${file}:${line}:${column}: ${severity}: ${message} [${code}]`
}
