import { createInterface } from "node:readline/promises"

/** Asks on the terminal, yes or no; undefined where there is none. The question goes to standard error, so that it is in nobody's pipe. */
export async function confirm(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) return undefined
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl-C and Ctrl-D end the lines without an answer.
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")))
  try {
    return /^\s*y(es)?\s*$/i.test(await Promise.race([lines.question(`${question} [y/N] `), closed]))
  } finally {
    lines.close()
  }
}
