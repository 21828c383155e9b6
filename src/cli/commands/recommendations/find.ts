import { type Recommendations, recommendations } from "../../../api/contract/index.ts"
import { ThwartError } from "../../../core/index.ts"
import type { Client } from "../../client.ts"

export type Row = Recommendations["items"][number]

/** A recommendation by its own id, or by the id of its policy. */
export async function findRecommendation(client: Client, wanted: string): Promise<Row> {
  const { items } = await client.get("/recommendations", recommendations)
  const found = items.find(({ id, policy }) => id === wanted || policy === wanted)
  if (found !== undefined) return found
  throw new ThwartError(
    "THWART_NOT_FOUND",
    `nothing of "${wanted}" is pending; "thwart recommendations list" shows what is`,
  )
}
