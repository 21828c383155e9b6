import { type Alert, alert as alertSchema, type Intent } from "../../src/core/index.ts"

/** An alert of one intent, complete and valid; the id is made of `n`. */
export function alertOf(
  n: number,
  intent: Intent,
  {
    at = n * 1000,
    attacker = "203.0.113.7",
    ...rest
  }: { at?: number; attacker?: string } & Partial<Omit<Alert, "at" | "attacker">> = {},
): Alert {
  return {
    ...alertSchema.parse({
      id: `alr_${String(n).padStart(8, "0")}`,
      at,
      observation: `obs_${n}`,
      sensor: "test",
      node: { id: "web-1", kind: "host", name: "web-1" },
      direction: "inbound",
      source: { address: attacker, port: 40_000 },
      destination: { address: "198.51.100.1", port: 80 },
      attacker,
      title: `${intent} seen`,
      severity: "high",
      classtype: "web-application-attack",
      intent,
      tactic: null,
      technique: null,
      score: 5,
      threshold: 5,
      contributions: [
        {
          rule: "9500200",
          message: "SQL: a UNION joins a second query",
          severity: "critical",
          score: 5,
          tags: ["attack-sqli"],
          matches: [{ variable: "ARGS:q", value: "1' UNION SELECT \x00name\x1b[2J FROM users", offset: 3, length: 22 }],
        },
      ],
      evidence: { summary: "GET /products?q=1'+UNION+SELECT", request: null, response: null },
      origin: null,
      masked: false,
    }),
    ...rest,
  }
}
