import type { Policy } from "../../../core/index.ts"

/** How a policy acts, as a sentence. */
export function conductOf({ enabled, mode, interactiveStatus }: Policy): string {
  if (!enabled) return "Off: it does nothing."
  switch (mode) {
    case "automatic":
      return "Automatic: it acts by itself."
    case "monitor":
      return "Monitor: it shows what it would do, and does nothing."
    case "interactive":
      return interactiveStatus === "always-accept"
        ? "Interactive, always accepted: it acts by itself, until it is told to ask again."
        : interactiveStatus === "always-ignore"
          ? "Interactive, always ignored: it proposes nothing, until it is told to ask again."
          : "Interactive: it proposes, and a person decides."
  }
}
