import type { Bus, Topic, Topics } from "../bus.ts"

/** Carries within one process: every subscriber is called before `publish` returns. */
export function createInProcessBus(deps: { readonly onError: (error: unknown) => void }): Bus {
  const subscribers: { readonly [T in Topic]: Set<(message: Topics[T]) => void> } = {
    alert: new Set(),
    incident: new Set(),
    countermeasure: new Set(),
    recommendation: new Set(),
  }
  return {
    publish: (topic, message) => {
      for (const onMessage of [...subscribers[topic]]) {
        try {
          onMessage(message)
        } catch (error) {
          deps.onError(error)
        }
      }
    },
    subscribe: (topic, onMessage) => {
      subscribers[topic].add(onMessage)
      return () => subscribers[topic].delete(onMessage)
    },
    close: async () => {
      for (const set of Object.values(subscribers)) set.clear()
    },
  }
}
