import type { RemovedTarget } from "../seclang/run/removals.ts"
import { Mistake } from "../seclang/syntax/mistake.ts"
import { readTargetList } from "../seclang/syntax/target-list.ts"
import { memberTest, resolveTarget } from "../seclang/targets.ts"

/** What is wrong with an exception's parameter; undefined when nothing is. */
export function checkParameter(text: string): string | undefined {
  try {
    readParameter(text)
    return undefined
  } catch (error) {
    if (error instanceof Mistake) return error.message
    throw error
  }
}

/** As `ctl:ruleRemoveTargetById` reads it. */
export function readParameter(text: string): RemovedTarget {
  const [written, another] = readTargetList(text)
  if (written === undefined || another !== undefined || written.mark !== "")
    throw new Mistake("SECLANG_VARIABLE", `"${text}" is not one variable, such as ARGS:comment`)
  return { variable: resolveTarget(written).number, member: memberTest(written.selector) }
}
