import type { Behaviour, RequestRules } from "./behaviour.ts"
import { createCallHome } from "./call-home.ts"
import { createPathScan } from "./path-scan.ts"

/** Every detection that looks across messages. */
export const behaviours: readonly ((rules: RequestRules) => Behaviour)[] = [
  (rules) => createCallHome(rules),
  () => createPathScan(),
]
