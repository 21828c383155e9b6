/** What was taken from rules before a transaction began, by their ids: looked up, however much it is. */
export interface Taken {
  /** Rules that are away whole; names that are no numbers are of other things than rules. */
  readonly rules: ReadonlySet<number | string>
  readonly targets: ReadonlyMap<number, readonly RemovedTarget[]>
  /** The variables of `targets`. */
  readonly variables: ReadonlySet<number>
}

/** What `ctl:ruleRemove…` took away for the rest of the transaction. */
export interface Removals {
  taken: readonly Taken[]
  /** False while no rule is away whole: most transactions ask no further. */
  any: boolean
  /** True when a rule took others away since it was last asked whether those are among them by which the rest were narrowed. */
  changed: boolean
  /** True once they are: then all rules run. */
  wide: boolean
  /** The variables of which targets were taken from some rules. */
  readonly variables: Set<number>
  readonly ids: IdRange[]
  readonly tags: string[]
  readonly messages: string[]
  readonly targetsById: { readonly ids: IdRange; readonly target: RemovedTarget }[]
  readonly targetsByTag: { readonly tag: string; readonly target: RemovedTarget }[]
  readonly targetsByMessage: { readonly message: string; readonly target: RemovedTarget }[]
}

export interface IdRange {
  readonly from: number
  readonly to: number
}

/** A variable (by number), or one of its members. */
export interface RemovedTarget {
  readonly variable: number
  readonly member: ((key: string) => boolean) | null
}

const nothingTaken: readonly Taken[] = []

/** Begins a transaction without what was taken. */
export function takeAway(taken: readonly Taken[], removals: Removals): void {
  removals.taken = taken
  for (const { rules, variables } of taken) {
    if (rules.size > 0) removals.any = true
    for (const variable of variables) removals.variables.add(variable)
  }
}

export function createRemovals(): Removals {
  return {
    any: false,
    changed: false,
    wide: false,
    taken: nothingTaken,
    variables: new Set(),
    ids: [],
    tags: [],
    messages: [],
    targetsById: [],
    targetsByTag: [],
    targetsByMessage: [],
  }
}

interface Removable {
  readonly id: number
  readonly tags: readonly string[]
  readonly message: string
}

export function isRemoved({ id, tags, message }: Removable, removals: Removals): boolean {
  for (const { rules } of removals.taken) if (rules.has(id)) return true
  for (const range of removals.ids) if (isIn(id, range)) return true
  for (const tag of removals.tags) if (tags.includes(tag)) return true
  return removals.messages.length > 0 && removals.messages.includes(message)
}

const nothingRemoved: readonly RemovedTarget[] = []

/** The targets that are taken from this rule. */
export function removedTargetsOf({ id, tags, message }: Removable, removals: Removals): readonly RemovedTarget[] {
  let found: RemovedTarget[] | undefined
  const take = (target: RemovedTarget) => {
    found ??= []
    found.push(target)
  }
  for (const { targets } of removals.taken) for (const target of targets.get(id) ?? nothingRemoved) take(target)
  for (const { ids, target } of removals.targetsById) if (isIn(id, ids)) take(target)
  for (const { tag, target } of removals.targetsByTag) if (tags.includes(tag)) take(target)
  for (const one of removals.targetsByMessage) if (one.message === message) take(one.target)
  return found ?? nothingRemoved
}

export const isIn = (id: number, { from, to }: IdRange): boolean => id >= from && id <= to
