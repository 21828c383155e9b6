import type { Enforcer, Operation } from "../../src/enforcers/enforcer.ts"
import type { Changes, Store } from "../../src/store/store.ts"

/** Told of each step that the graph takes, before it goes on. A process may die there, or something go wrong: then it rejects. */
export type Reach = (point: string) => Promise<void>

/** What a target can do, wherever it is. */
export type Target = Pick<Enforcer, "observe" | "apply">

/** Every commit as two steps, named by what is in it. */
export function storeWithPoints(store: Store, reach: Reach): Store {
  return {
    ...store,
    record: async (changes) => {
      const what = namesOf(changes)
      await reach(`before the commit of ${what}`)
      await store.record(changes)
      await reach(`after the commit of ${what}`)
    },
  }
}

/** An enforcer whose target is somewhere else, with the steps during and after each change. */
export function enforcerWithPoints(target: Target, reach: Reach): Enforcer {
  return {
    id: "target",
    summary: "What the test looks at",
    timeouts: "in-target",
    toleranceMs: 2500,
    observe: target.observe,
    apply: async (operations, signal) => {
      const what = kindsOf(operations)
      const applying = target.apply(operations, signal)
      // Nobody waits for it when it is left for dead here.
      applying.catch(() => undefined)
      await reach(`during ${what}`)
      const results = await applying
      await reach(`after ${what}`)
      return results
    },
    teardown: async () => undefined,
    close: async () => undefined,
  }
}

function namesOf(changes: Changes): string {
  const names = Object.entries(changes).flatMap(([name, rows]) => (rows.length > 0 ? [name] : []))
  return names.sort().join(", ") || "nothing"
}

function kindsOf(operations: readonly Operation[]): string {
  return [...new Set(operations.map(({ kind }) => kind))].join(", ")
}
