import { fieldTypes } from "../../core/index.ts"
import type { Operator } from "./operator.ts"

/** The record has the field; an empty list is none. */
export const exists: Operator = {
  name: "exists",
  types: fieldTypes,
  verb: () => ["is known", "is not known"],
  prepare: () => () => true,
}
