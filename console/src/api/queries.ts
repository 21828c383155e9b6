import { queryOptions } from "@tanstack/react-query"
import type {
  AllowlistBody,
  AuditPage,
  CheckedPolicies,
  ClusterRuleDraft,
  CorrelationRuleList,
  CountermeasurePage,
  DeliveryPage,
  EventRules,
  Explanation,
  IncidentDetail,
  IncidentPage,
  NotificationTargets,
  PlaybookRunPage,
  Playbooks,
  Policies,
  RecommendationDetail,
  Recommendations,
  RelatedVulnerabilities,
  RuleExceptions,
  RulePage,
  Status,
  Tokens,
  Users,
  Verdicts,
  WhoAmI,
} from "../../../src/api/contract/index.ts"
import { api } from "./client.ts"

export const me = queryOptions({
  queryKey: ["session"],
  queryFn: () => api<WhoAmI>("GET", "/session"),
  retry: false,
  staleTime: 60_000,
})
export const status = queryOptions({
  queryKey: ["status"],
  queryFn: () => api<Status>("GET", "/status"),
  refetchInterval: 5000,
})
export const incidents = queryOptions({
  queryKey: ["incidents"],
  queryFn: () => api<IncidentPage>("GET", "/incidents?limit=200"),
})
export const incident = (id: string) =>
  queryOptions({
    queryKey: ["incident", id],
    queryFn: () => api<IncidentDetail>("GET", `/incidents/${encodeURIComponent(id)}`),
  })
export const incidentVulnerabilities = (id: string) =>
  queryOptions({
    queryKey: ["incident", id, "vulnerabilities"],
    queryFn: () => api<RelatedVulnerabilities>("GET", `/incidents/${encodeURIComponent(id)}/vulnerabilities`),
    staleTime: 60_000,
  })
export const correlationRules = queryOptions({
  queryKey: ["correlation", "rules"],
  queryFn: () => api<CorrelationRuleList>("GET", "/correlation/rules"),
  staleTime: 60_000,
})
export const clusterRuleLike = (alert: string) =>
  queryOptions({
    queryKey: ["correlation", "like", alert],
    queryFn: () => api<ClusterRuleDraft>("GET", `/alerts/${encodeURIComponent(alert)}/cluster-rule`),
    staleTime: Number.POSITIVE_INFINITY,
  })
export const explain = (subject: string) =>
  queryOptions({
    queryKey: ["explain", subject],
    queryFn: () => api<Explanation>("GET", `/explain/${encodeURIComponent(subject)}`),
  })
export const countermeasures = (all: boolean) =>
  queryOptions({
    queryKey: ["countermeasures", all],
    queryFn: () => api<CountermeasurePage>("GET", `/countermeasures?limit=500${all ? "" : "&active=true"}`),
  })
export const recommendations = queryOptions({
  queryKey: ["recommendations"],
  queryFn: () => api<Recommendations>("GET", "/recommendations"),
})
export const recommendation = (id: string, limit: number) =>
  queryOptions({
    queryKey: ["recommendation", id, limit],
    queryFn: () => api<RecommendationDetail>("GET", `/recommendations/${encodeURIComponent(id)}?limit=${limit}`),
    // While more of it is loaded; never another one's.
    placeholderData: (before) => (before?.recommendation.id === id ? before : undefined),
  })
export const policies = queryOptions({ queryKey: ["policies"], queryFn: () => api<Policies>("GET", "/policies") })
export const playbooks = queryOptions({
  queryKey: ["playbooks"],
  queryFn: () => api<Playbooks>("GET", "/playbooks"),
})
export const playbookRuns = queryOptions({
  queryKey: ["playbook-runs"],
  queryFn: () => api<PlaybookRunPage>("GET", "/playbook-runs?limit=100"),
  refetchInterval: 5000,
})
export const allowlist = queryOptions({
  queryKey: ["allowlist"],
  queryFn: () => api<AllowlistBody>("GET", "/allowlist"),
})
export const audit = queryOptions({ queryKey: ["audit"], queryFn: () => api<AuditPage>("GET", "/audit?limit=200") })
export const notificationTargets = queryOptions({
  queryKey: ["notifications", "targets"],
  queryFn: () => api<NotificationTargets>("GET", "/notifications/targets"),
  refetchInterval: 5000,
})
export const deliveries = queryOptions({
  queryKey: ["notifications", "deliveries"],
  queryFn: () => api<DeliveryPage>("GET", "/notifications/deliveries?limit=50"),
  refetchInterval: 5000,
})
export const users = queryOptions({ queryKey: ["users"], queryFn: () => api<Users>("GET", "/users") })
export const tokens = queryOptions({ queryKey: ["tokens"], queryFn: () => api<Tokens>("GET", "/tokens") })
export const rules = (query: string) =>
  queryOptions({
    queryKey: ["rules", query],
    queryFn: () => api<RulePage>("GET", `/rules?${query}`),
    placeholderData: (before) => before,
  })
export const eventRules = queryOptions({
  queryKey: ["event-rules"],
  queryFn: () => api<EventRules>("GET", "/event-rules"),
})
export const ruleExceptions = queryOptions({
  queryKey: ["rule-exceptions"],
  queryFn: () => api<RuleExceptions>("GET", "/rule-exceptions"),
})
export const verdictOf = (alert: string) =>
  queryOptions({
    queryKey: ["verdict", alert],
    queryFn: () => api<Verdicts>("GET", `/verdicts?alerts=${alert}`),
  })
export const checkedPolicies = (text: string) =>
  queryOptions({
    queryKey: ["policies", "check", text],
    queryFn: () => api<CheckedPolicies>("POST", "/policies/check", { text }),
    staleTime: Number.POSITIVE_INFINITY,
  })
