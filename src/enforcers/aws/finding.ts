/** One thing that was looked at in AWS, and what to do where it is not well. */
export interface AwsFinding {
  readonly what: string
  readonly state: "ok" | "warning" | "failed"
  readonly found: string
}
