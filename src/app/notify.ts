import { readFileSync } from "node:fs"
import type { Clock, Ids } from "../core/index.ts"
import { createNotifications, type Notifications } from "../notifications/index.ts"
import type { Store } from "../store/index.ts"
import type { Config } from "./config.ts"

export interface NotifyDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly onError: (error: unknown) => void
}

/** The store whose changes are told, and whoever tells them. */
export interface Notified {
  readonly store: Store
  readonly notifications: Notifications
}

/** Goes on with what was not told before the last stop, and stops with the stack. */
export async function notify(
  store: Store,
  { notifications: config }: Pick<Config, "notifications">,
  deps: NotifyDeps,
  stack: AsyncDisposableStack,
): Promise<Notified> {
  const readFile = (path: string) => readFileSync(path, "utf8")
  const notifications = createNotifications(
    { ...deps, store, env: process.env, readFile, fetch, random: Math.random },
    config,
  )
  stack.defer(() => notifications.stop())
  await notifications.start()
  return { store: notifications.telling(store), notifications }
}
