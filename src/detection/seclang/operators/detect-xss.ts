import { detectXss } from "../libinjection/xss/detect.ts"
import { xssNeeds } from "../libinjection/xss/suspects.ts"
import { type OperatorDefinition, wholeValue } from "./operator.ts"

/** HTML that runs something where it is put into a page. */
export const detectXSS: OperatorDefinition = {
  name: "detectXSS",
  compile: () => ({
    find: (value) => (detectXss(value) ? wholeValue(value) : undefined),
    needs: xssNeeds,
  }),
}
