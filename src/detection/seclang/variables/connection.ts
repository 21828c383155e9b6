import { noValues } from "../run/value.ts"
import { collection, single } from "./variable.ts"

export const connection = [
  // What @geoLookup would find.
  collection("GEO", () => noValues),
  single("REMOTE_ADDR", ({ observation }) => observation.source.address),
  single("REMOTE_HOST", ({ observation }) => observation.source.address),
  single("REMOTE_PORT", ({ observation }) => observation.source.port),
  single("SERVER_ADDR", ({ observation }) => observation.destination.address),
  single("SERVER_PORT", ({ observation }) => observation.destination.port),
  single("UNIQUE_ID", ({ observation }) => observation.id),
]
