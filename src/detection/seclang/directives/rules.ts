import { createDraft } from "../draft.ts"
import { readActions, readRule } from "../rule-reader.ts"
import type { Directive } from "../syntax/directives.ts"
import type { Builder, DirectiveDefinition } from "./directive.ts"

const rule = (directive: Directive, builder: Builder) => {
  const { file, guarded, readFile } = builder
  builder.addRule(readRule(directive, { file, guarded, context: { readFile } }), directive)
}

/** What makes rules. */
export const rules: readonly DirectiveDefinition[] = [
  { name: "SecRule", arguments: [2, 3], apply: rule },
  { name: "SecAction", arguments: [1, 1], apply: rule },
  {
    name: "SecMarker",
    arguments: [1, 1],
    apply: ({ args }, builder) => builder.addMarker(args[0]?.text ?? ""),
  },
  {
    name: "SecDefaultAction",
    arguments: [1, 1],
    apply: ({ name, args: [list] }, builder) => {
      const draft = createDraft(builder.file, name.place(0), null)
      if (list !== undefined && readActions(list, draft, builder.guarded)) builder.setDefaults(draft)
    },
  },
]
