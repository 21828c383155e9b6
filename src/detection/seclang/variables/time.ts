import { single } from "./variable.ts"

const pad = (value: number) => String(value).padStart(2, "0")
const at = (name: string, read: (date: Date) => string | number) => single(name, ({ now }) => read(new Date(now)))

/** When the transaction was seen, in UTC: the same capture gives the same answer everywhere. */
export const time = [
  at("TIME", (date) => `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`),
  at("TIME_EPOCH", (date) => Math.floor(date.getTime() / 1000)),
  at("TIME_YEAR", (date) => date.getUTCFullYear()),
  at("TIME_MON", (date) => date.getUTCMonth()),
  at("TIME_DAY", (date) => date.getUTCDate()),
  at("TIME_WDAY", (date) => date.getUTCDay()),
  at("TIME_HOUR", (date) => date.getUTCHours()),
  at("TIME_MIN", (date) => date.getUTCMinutes()),
  at("TIME_SEC", (date) => date.getUTCSeconds()),
  single("DURATION", () => 0),
]
