import { readIdRange } from "../actions/ctl.ts"
import { createDraft, type RuleDraft } from "../draft.ts"
import { compileRegex } from "../regex/compile.ts"
import { readActions } from "../rule-reader.ts"
import { isIn } from "../run/removals.ts"
import type { Directive, Word } from "../syntax/directives.ts"
import { readTargetList, type WrittenTarget } from "../syntax/target-list.ts"
import { memberTest, resolveTarget } from "../targets.ts"
import type { Builder, DirectiveDefinition } from "./directive.ts"

type Fits = (rule: RuleDraft) => boolean

const byId = (text: string): Fits => {
  const range = readIdRange(text)
  return ({ id }) => id !== null && isIn(id, range)
}
const byTag = (text: string): Fits => {
  const { test } = compileRegex(text)
  return ({ tags }) => tags.some((tag) => test(tag))
}
const byMessage = (text: string): Fits => {
  const { test } = compileRegex(text)
  return ({ message }) => test(message)
}

function remove(name: string, by: (text: string) => Fits, max: number): DirectiveDefinition {
  return {
    name,
    arguments: [1, max],
    apply: ({ args }, builder) => {
      // Ids may be written in one word, with blanks or commas between.
      for (const word of args)
        for (const part of by === byId ? word.text.split(/[\s,]+/).filter((id) => id !== "") : [word.text]) {
          const fits = builder.guarded(word, () => by(part))
          if (fits !== undefined) builder.amend({ fits, change: () => false, word, file: builder.file })
        }
    },
  }
}

function updateTargets(name: string, by: (text: string) => Fits): DirectiveDefinition {
  return {
    name,
    arguments: [2, 3],
    apply: (directive, builder) => {
      const [what, targets, replaced] = directive.args
      if (what === undefined || targets === undefined) return
      const fits = builder.guarded(what, () => by(what.text))
      const added = builder.guarded(targets, () => resolved(targets))
      const gone = replaced === undefined ? [] : builder.guarded(replaced, () => resolved(replaced))
      if (fits === undefined || added === undefined || gone === undefined) return
      const names = new Set(gone.map(({ text }) => text.toUpperCase()))
      builder.amend({
        fits,
        word: what,
        file: builder.file,
        change: ({ test }) => {
          if (test !== null)
            test.targets = [...test.targets.filter(({ text }) => !names.has(text.toUpperCase())), ...added]
          return true
        },
      })
    },
  }
}

function resolved(word: Word): readonly WrittenTarget[] {
  const written = readTargetList(word.text)
  for (const target of written) {
    resolveTarget(target)
    memberTest(target.selector)
  }
  return written
}

const updateActions: DirectiveDefinition = {
  name: "SecRuleUpdateActionById",
  arguments: [2, 2],
  apply: ({ name, args: [what, list] }: Directive, builder: Builder) => {
    if (what === undefined || list === undefined) return
    const fits = builder.guarded(what, () => byId(what.text))
    const probe = createDraft(builder.file, name.place(0), null)
    if (fits === undefined || !readActions(list, probe, builder.guarded)) return
    builder.amend({
      fits,
      word: what,
      file: builder.file,
      // Read again onto each rule, since actions change the draft that they are given.
      change: (rule) => readActions(list, rule, builder.guarded),
    })
  },
}

/** What changes rules that stand elsewhere, as exceptions of one's own. */
export const amendments: readonly DirectiveDefinition[] = [
  remove("SecRuleRemoveById", byId, 1000),
  remove("SecRuleRemoveByTag", byTag, 1),
  remove("SecRuleRemoveByMsg", byMessage, 1),
  updateTargets("SecRuleUpdateTargetById", byId),
  updateTargets("SecRuleUpdateTargetByTag", byTag),
  updateTargets("SecRuleUpdateTargetByMsg", byMessage),
  updateActions,
]
