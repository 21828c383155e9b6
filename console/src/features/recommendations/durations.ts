/** How long what is accepted lasts. */
export const durations = [
  { value: "policy", label: "As long as the policy says" },
  { value: "600000", label: "10 minutes" },
  { value: "3600000", label: "1 hour" },
  { value: "86400000", label: "1 day" },
  { value: "604800000", label: "1 week" },
  { value: "forever", label: "Until someone ends it" },
]

/** As the API wants it: absent, null or milliseconds. */
export function durationMsOf(chosen: string): { readonly durationMs?: number | null } {
  if (chosen === "policy") return {}
  return { durationMs: chosen === "forever" ? null : Number(chosen) }
}
