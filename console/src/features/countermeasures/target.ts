import type { CountermeasurePage } from "../../../../src/api/contract/index.ts"

export type Countermeasure = CountermeasurePage["items"][number]

/** A single address without its length. */
export const targetOf = ({ target }: Countermeasure) => target.replace(/\/(32|128)$/, "")
