import { type OperatorDefinition, wholeValue } from "./operator.ts"

export const unconditionalMatch: OperatorDefinition = {
  name: "unconditionalMatch",
  compile: () => ({ find: wholeValue }),
}

export const noMatch: OperatorDefinition = { name: "noMatch", compile: () => ({ find: () => undefined }) }
