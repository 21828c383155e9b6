import type { Command } from "commander"
import type { Client } from "./client.ts"
import type { CliDeps } from "./deps.ts"
import type { Paint } from "./text.ts"

/** What every command gets. */
export interface Context {
  readonly deps: CliDeps
  readonly paint: Paint
  readonly json: boolean
  readonly signal: AbortSignal
  readonly dataDir: string | undefined
  /** The server that was named, or the one of this machine. */
  readonly server: () => Promise<Client>
  print(text: string): void
  /** One JSON line. */
  printJson(value: unknown): void
  /** What the process shall exit with. */
  exit(code: number): void
}

/** Adds one command; its action gets the context made from the global options. */
export type AddCommand = (
  program: Command,
  run: <A extends readonly unknown[]>(
    action: (context: Context, ...args: A) => Promise<void>,
  ) => (...args: A) => Promise<void>,
) => void

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}\n`
}
