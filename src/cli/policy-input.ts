import { formatDiagnostic, type Policy, parsePolicies, ThwartError } from "../core/index.ts"
import type { Context } from "./command.ts"

/** True for what names a file and not a policy. */
export const isPolicyFile = (text: string): boolean => text === "-" || /\.ya?ml$/i.test(text)

/** The policies of a YAML file or of standard input; throws with every mistake. */
export async function readPolicies(
  { deps }: Pick<Context, "deps">,
  file: string | undefined,
): Promise<readonly Policy[]> {
  const text = Buffer.from(await deps.rules.readInput(file), "latin1").toString("utf8")
  return policiesFrom(text, file)
}

/** The policies of a YAML text; throws with every mistake. */
export function policiesFrom(text: string, file: string | undefined): readonly Policy[] {
  const name = file === undefined || file === "-" ? "standard input" : file
  const parsed = parsePolicies(text, name)
  if (parsed.kind === "ok") return parsed.value
  throw new ThwartError(
    "THWART_CONFIG_INVALID",
    `nothing was done; the policies of ${name} have mistakes:\n${parsed.diagnostics.map((one) => `  ${formatDiagnostic(one)}`).join("\n")}`,
  )
}
