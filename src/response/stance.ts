import type { Policy } from "../core/index.ts"

/** What a policy does where nothing stands in its way. */
export type Stance = "act" | "propose" | "ignore" | "monitor"

export function stanceOf({ mode, interactiveStatus = "interactive" }: Policy): Stance {
  switch (mode) {
    case "automatic":
      return "act"
    case "monitor":
      return "monitor"
    case "interactive":
      return decided[interactiveStatus]
  }
}

const decided = { interactive: "propose", "always-accept": "act", "always-ignore": "ignore" } as const
