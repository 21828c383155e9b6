export type { Bus, Topic, Topics } from "./bus.ts"
export { createInProcessBus } from "./in-process/index.ts"
