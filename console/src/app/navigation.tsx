import {
  IconAlertOctagon,
  IconBan,
  IconBell,
  IconFileSearch,
  IconFilterSearch,
  IconHistory,
  IconLayoutDashboard,
  IconListCheck,
  IconPlayerPlay,
  IconShieldCheck,
  IconThumbUp,
  IconTopologyStar3,
  IconUsers,
} from "@tabler/icons-react"
import type { ReactNode } from "react"
import type { WhoAmI } from "../../../src/api/contract/index.ts"

export interface Place {
  readonly to:
    | "/"
    | "/incidents"
    | "/recommendations"
    | "/countermeasures"
    | "/rules"
    | "/policies"
    | "/countermeasures"
    | "/rules"
    | "/policies"
    | "/event-rules"
    | "/playbooks"
    | "/correlation"
    | "/allowlist"
    | "/notifications"
    | "/audit"
    | "/accounts"
  readonly label: string
  readonly icon: ReactNode
  /** Pressed after `g`. */
  readonly key: string
  readonly needs: WhoAmI["role"]
}

const size = { size: 18, stroke: 1.7, "aria-hidden": true } as const

export const places: readonly Place[] = [
  { to: "/", label: "Overview", icon: <IconLayoutDashboard {...size} />, key: "o", needs: "viewer" },
  { to: "/incidents", label: "Incidents", icon: <IconAlertOctagon {...size} />, key: "i", needs: "viewer" },
  { to: "/recommendations", label: "Recommendations", icon: <IconThumbUp {...size} />, key: "d", needs: "viewer" },
  { to: "/countermeasures", label: "Countermeasures", icon: <IconBan {...size} />, key: "c", needs: "viewer" },
  { to: "/rules", label: "Rules", icon: <IconFileSearch {...size} />, key: "r", needs: "viewer" },
  { to: "/event-rules", label: "Event rules", icon: <IconFilterSearch {...size} />, key: "e", needs: "viewer" },
  { to: "/policies", label: "Policies", icon: <IconListCheck {...size} />, key: "p", needs: "viewer" },
  { to: "/correlation", label: "Correlation", icon: <IconTopologyStar3 {...size} />, key: "x", needs: "viewer" },
  { to: "/playbooks", label: "Playbooks", icon: <IconPlayerPlay {...size} />, key: "b", needs: "viewer" },
  { to: "/allowlist", label: "Allowlist", icon: <IconShieldCheck {...size} />, key: "a", needs: "viewer" },
  { to: "/notifications", label: "Notifications", icon: <IconBell {...size} />, key: "n", needs: "viewer" },
  { to: "/audit", label: "Audit log", icon: <IconHistory {...size} />, key: "l", needs: "analyst" },
  { to: "/accounts", label: "Users and tokens", icon: <IconUsers {...size} />, key: "u", needs: "admin" },
]

const order: readonly WhoAmI["role"][] = ["viewer", "analyst", "admin"]

export function may(who: WhoAmI | undefined, needs: WhoAmI["role"]): boolean {
  return who !== undefined && order.indexOf(who.role) >= order.indexOf(needs)
}
