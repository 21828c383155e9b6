import type { Playbook, PlaybookStep } from "../../core/index.ts"
import { parseFilter } from "../../filter/index.ts"
import { enforcersNamed, notificationProblem, type PlaybookDirectory } from "./directory.ts"
import { playbookSchema } from "./occasion.ts"

/** One thing wrong in a playbook of the right form; `offset` counts inside the text at the path. */
export interface PlaybookProblem {
  readonly code: string
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly offset: number
}

/** What a schema can't see: conditions, names of enforcers and targets, and what the trigger does not have. */
export function checkPlaybook(playbook: Playbook, directory: PlaybookDirectory): readonly PlaybookProblem[] {
  return [
    ...conditionProblems(playbook.when, ["when"], playbook),
    ...playbook.steps.flatMap((step, index) => [
      ...conditionProblems(step.when, ["steps", index, "when"], playbook),
      ...stepProblems(step, playbook, directory).map(({ key, ...problem }) => ({
        ...problem,
        path: ["steps", index, ...key],
        offset: 0,
      })),
    ]),
  ]
}

function conditionProblems(
  when: string | null,
  path: PlaybookProblem["path"],
  { on }: Playbook,
): readonly PlaybookProblem[] {
  if (when === null) return []
  const parsed = parseFilter(when, playbookSchema[on.kind])
  return parsed.kind === "ok"
    ? []
    : parsed.problems.map(({ code, message, offset }) => ({ code, path, message, offset }))
}

interface StepProblem extends Pick<PlaybookProblem, "code" | "message"> {
  readonly key: readonly (string | number)[]
}

function stepProblems(step: PlaybookStep, { on }: Playbook, directory: PlaybookDirectory): readonly StepProblem[] {
  switch (step.kind) {
    case "block":
      return [
        ...(step.end !== "attacker" && on.kind !== "alert"
          ? [
              {
                code: "PLAYBOOK_STEP",
                key: ["block"],
                message: `only an alert has a ${step.end}; write "block: attacker"`,
              },
            ]
          : []),
        ...enforcerProblems(step.enforcers, "block", directory),
      ]
    case "quarantine":
      return enforcerProblems(step.enforcers, "quarantine", directory)
    case "notify": {
      const message = notificationProblem(step.target, directory)
      return message === undefined ? [] : [{ code: "PLAYBOOK_TARGET", key: ["notify"], message }]
    }
    case "status":
    case "assign":
    case "comment":
      return []
  }
}

function enforcerProblems(
  names: readonly string[],
  does: "block" | "quarantine",
  directory: PlaybookDirectory,
): readonly StepProblem[] {
  return names.flatMap((name, index) => {
    const found = enforcersNamed(name, does, directory)
    if (found.kind === "found") return []
    return [{ code: codes[found.kind], key: ["enforcers", index], message: found.message }]
  })
}

const codes = {
  unknown: "PLAYBOOK_ENFORCER_UNKNOWN",
  "not-configured": "PLAYBOOK_ENFORCER_NOT_CONFIGURED",
  "wrong-kind": "PLAYBOOK_ENFORCER",
} as const
