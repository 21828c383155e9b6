import { type Alert, createShelf, type Millis, type Shelf, type Shelved } from "../core/index.ts"
import type { ClusterRule } from "./cluster-rule.ts"

/** The alerts of a group that count now; the newest for each value, where different values do. */
export type Members = ReadonlyMap<string, Alert>

/** Counts alerts by group, in a window that slides with their own times. */
export interface ClusterGroups {
  /** The members of the group, when this alert makes them enough. */
  add(
    place: { readonly rule: ClusterRule; readonly key: string; readonly name: string },
    alert: Alert,
  ): Members | undefined
  /** Takes this alert out of its group. */
  remove(key: string, name: string, id: Alert["id"]): void
  size(): number
}

interface Group extends Shelved<Group> {
  readonly key: string
  readonly rule: ClusterRule
  readonly members: Map<string, Alert>
  newestAt: Millis
  raisedAt: Millis | undefined
  shelf: number
  quieter: Group | undefined
  busier: Group | undefined
}

// Groups and members together; without their evidence alerts are less than 1 KiB each, so this is under 100 MB.
const defaultBudget = 100_000
const shelfCount = 12

/**
 * Groups with fewer members are forgotten first when groups and members together are more than the budget, so that a flood of single
 * alerts pushes out no group that grows; and before those, groups whose window is over.
 */
export function createClusterGroups(budget = defaultBudget): ClusterGroups {
  const groups = new Map<string, Group>()
  const shelves: readonly Shelf<Group>[] = Array.from({ length: shelfCount }, () => createShelf<Group>())
  let [members, newestAt] = [0, Number.NEGATIVE_INFINITY]

  const groupOf = (rule: ClusterRule, key: string): Group => {
    const known = groups.get(key)
    if (known !== undefined) {
      shelves[known.shelf]?.remove(known)
      return known
    }
    const made: Group = {
      ...{ key, rule, members: new Map(), newestAt: Number.NEGATIVE_INFINITY, raisedAt: undefined, shelf: 0 },
      ...{ quieter: undefined, busier: undefined },
    }
    groups.set(key, made)
    return made
  }
  const put = (group: Group) => {
    group.shelf = shelfOf(group)
    shelves[group.shelf]?.put(group)
  }
  const forget = () => {
    let found: Group | undefined
    for (let shelf = shelfCount - 1; shelf >= 0; shelf--) {
      const quietest = shelves[shelf]?.quietest()
      if (quietest === undefined) continue
      found = quietest
      if (quietest.newestAt + quietest.rule.windowMs < newestAt) break
    }
    if (found === undefined) return
    shelves[found.shelf]?.remove(found)
    groups.delete(found.key)
    members -= found.members.size
  }

  return {
    add: ({ rule, key, name }, alert) => {
      const group = groupOf(rule, key)
      const before = group.members.size
      newestAt = Math.max(newestAt, alert.at)
      const raised = take(group, name, alert)
      members += group.members.size - before
      put(group)
      while (groups.size > 1 && groups.size + members > budget) forget()
      return raised
    },
    remove: (key, name, id) => {
      const group = groups.get(key)
      if (group?.members.get(name)?.id !== id) return
      shelves[group.shelf]?.remove(group)
      group.members.delete(name)
      members--
      put(group)
    },
    size: () => groups.size,
  }
}

function take(group: Group, name: string, alert: Alert): Members | undefined {
  const { members, rule, raisedAt } = group
  const { windowMs, count } = rule
  if (raisedAt !== undefined && Math.abs(alert.at - raisedAt) < windowMs) return undefined
  group.newestAt = Math.max(group.newestAt, alert.at)
  if ((members.get(name)?.at ?? alert.at) <= alert.at) members.set(name, alert)
  // An alert that comes late counts only where it lies within a window of the newest.
  for (const [known, { at }] of members) if (at <= group.newestAt - windowMs) members.delete(known)
  if (members.size < count) return undefined
  const found = new Map(members)
  members.clear()
  group.raisedAt = alert.at
  return found
}

/** By members, in powers of two; one that was raised stays for its window, so that it is raised once. */
function shelfOf({ members, raisedAt }: Group): number {
  if (raisedAt !== undefined) return shelfCount - 1
  return Math.min(shelfCount - 2, Math.floor(Math.log2(Math.max(1, members.size))))
}
