/** Where a parser stands in its stream. */
export type State =
  | "sniff"
  | "start-line"
  | "headers"
  | "fixed"
  | "chunk-size"
  | "chunk-data"
  | "chunk-end"
  | "trailers"
  | "until-close"
  /** HTTP until here, then something that is none. */
  | "lost"
  | "not-http"
  | "tunnel"
