import { createRootRoute, createRoute, createRouter, Outlet } from "@tanstack/react-router"
import { Allowlist } from "../features/allowlist/Allowlist.tsx"
import { Correlation } from "../features/correlation/Correlation.tsx"
import { Countermeasures } from "../features/countermeasures/Countermeasures.tsx"
import { EventRules } from "../features/event-rules/EventRules.tsx"
import { IncidentPage } from "../features/incident/IncidentPage.tsx"
import { Incidents } from "../features/incidents/Incidents.tsx"
import { Overview } from "../features/overview/Overview.tsx"
import { Playbooks } from "../features/playbooks/Playbooks.tsx"
import { RecommendationPage } from "../features/recommendations/RecommendationPage.tsx"
import { Recommendations } from "../features/recommendations/Recommendations.tsx"
import { Rules } from "../features/rules/Rules.tsx"
import { Accounts } from "../features/settings/Accounts.tsx"
import { Audit } from "../features/settings/Audit.tsx"
import { Notifications } from "../features/settings/Notifications.tsx"
import { Policies } from "../features/settings/Policies.tsx"
import { SignIn } from "../features/sign-in/SignIn.tsx"
import { Shell } from "./Shell.tsx"

const root = createRootRoute({ component: Outlet })
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignIn })
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell })
const page = <P extends string>(path: P, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => shell, path, component })

const incident = createRoute({
  getParentRoute: () => shell,
  path: "/incidents/$id",
  component: () => <IncidentPage id={incident.useParams().id} />,
})

const recommendation = createRoute({
  getParentRoute: () => shell,
  path: "/recommendations/$id",
  component: () => <RecommendationPage id={recommendation.useParams().id} />,
})

const correlation = createRoute({
  getParentRoute: () => shell,
  path: "/correlation",
  /** The alert that a clustering rule shall be like. */
  validateSearch: ({ like }: Record<string, unknown>): { readonly like?: string } =>
    typeof like === "string" ? { like } : {},
  component: () => <Correlation like={correlation.useSearch().like} />,
})

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([
      page("/", Overview),
      page("/incidents", Incidents),
      incident,
      page("/recommendations", Recommendations),
      recommendation,
      page("/countermeasures", Countermeasures),
      page("/rules", Rules),
      page("/event-rules", EventRules),
      page("/policies", Policies),
      correlation,
      page("/playbooks", Playbooks),
      page("/allowlist", Allowlist),
      page("/notifications", Notifications),
      page("/audit", Audit),
      page("/accounts", Accounts),
    ]),
  ]),
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
