export type { EveDeps, EveOptions } from "./file-sensor.ts"
/** A sensor that reads Suricata's EVE JSON: alerts become findings, http events transactions, the rest is counted. */
export { createEveSensor } from "./file-sensor.ts"
