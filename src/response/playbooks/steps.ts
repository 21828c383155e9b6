import type { PlaybookStep, StepResult } from "../../core/index.ts"
import { blockStep } from "./block-step.ts"
import { notificationProblem } from "./directory.ts"
import { assignStep, commentStep, statusStep } from "./incident-steps.ts"
import { quarantineStep } from "./quarantine-step.ts"
import { stepSentence } from "./sentence.ts"
import { done, type Outcome, type StepContext, skipped } from "./step.ts"

/**
 * Runs the steps one after the other. Where the run goes on, what was done is not done again: its countermeasures last longer, unless
 * a person ended them. What was not done yet is looked at again.
 */
export async function runSteps(
  context: StepContext,
  before: readonly StepResult[] = [],
): Promise<readonly StepResult[]> {
  const results: StepResult[] = []
  for (const [index, step] of context.ready.playbook.steps.entries()) {
    const was = before[index]
    const finished = was !== undefined && isDone(was) && (await isOver(was, context))
    const outcome = finished ? was : await outcomeOf(step, index, context)
    results.push({
      step: index,
      sentence: stepSentence(step),
      outcome: outcome.outcome,
      reason: outcome.reason,
      countermeasures: [...new Set([...(was?.countermeasures ?? []), ...outcome.countermeasures])].slice(-maxNamed),
    })
  }
  return results
}

// Blocks that one step made one after the other while its attack went on.
const maxNamed = 100

export const isDone = ({ outcome }: StepResult) => outcome === "done" || outcome === "prolonged"

async function isOver({ countermeasures }: StepResult, { endedByPerson }: StepContext): Promise<boolean> {
  const last = countermeasures.at(-1)
  return last === undefined || endedByPerson(last)
}

async function outcomeOf(step: PlaybookStep, index: number, context: StepContext): Promise<Outcome> {
  const why = context.ready.conditions[index]?.whyNot(context.occasion)
  return why === undefined ? perform(step, context) : skipped(why)
}

async function perform(step: PlaybookStep, context: StepContext): Promise<Outcome> {
  switch (step.kind) {
    case "block":
      return blockStep(step, context)
    case "quarantine":
      return quarantineStep(step, context)
    case "status":
      return statusStep(step, context)
    case "assign":
      return assignStep(step, context)
    case "comment":
      return commentStep(step, context)
    case "notify": {
      const problem = notificationProblem(step.target, context.directory)
      return problem === undefined ? done() : skipped(problem)
    }
  }
}
