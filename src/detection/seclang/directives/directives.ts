import { amendments } from "./amendments.ts"
import type { DirectiveDefinition } from "./directive.ts"
import { ignored } from "./ignored.ts"
import { rules } from "./rules.ts"
import { settings } from "./settings.ts"

/** Every directive that rule files may hold. */
export const directives: readonly DirectiveDefinition[] = [...rules, ...amendments, ...settings, ...ignored]
