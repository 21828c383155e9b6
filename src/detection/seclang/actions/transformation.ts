import { createRegistry } from "../registry.ts"
import { Mistake } from "../syntax/mistake.ts"
import { transformations } from "../transformations/transformations.ts"
import type { ActionDefinition } from "./action.ts"

const find = createRegistry(transformations)

export const transformation: ActionDefinition = {
  name: "t",
  argument: "required",
  apply: (draft, name) => {
    if (name.toLowerCase() === "none") {
      draft.ownTransformations = true
      draft.transformations = []
      return
    }
    const found = find(name)
    if (found === undefined) throw new Mistake("SECLANG_TRANSFORMATION", `there is no transformation "${name}"`)
    draft.transformations.push(found)
  },
}
