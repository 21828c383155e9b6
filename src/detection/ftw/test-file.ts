import { parseAllDocuments } from "yaml"
import { z } from "zod"
import { type Diagnostic, formatDiagnostic, parseYaml, ThwartError } from "../../core/index.ts"

const text = z.coerce.string()
const ids = z.array(z.coerce.number().int()).default([])

const input = z.looseObject({
  method: text.default("GET"),
  uri: text.default("/"),
  version: text.default("HTTP/1.1"),
  headers: z.record(z.string(), text.nullable()).default({}),
  ordered_headers: z.array(z.object({ name: text, value: text })).default([]),
  data: text.nullish(),
  encoded_data: text.nullish(),
  encoded_request: text.nullish(),
  autocomplete_headers: z.boolean().default(true),
})

const output = z.looseObject({
  status: z.union([z.number(), z.array(z.number())]).optional(),
  expect_error: z.boolean().optional(),
  isolated: z.boolean().optional(),
  log: z
    .looseObject({
      expect_ids: ids,
      no_expect_ids: ids,
      match_regex: text.optional(),
      no_match_regex: text.optional(),
    })
    .optional(),
})

const testFile = z.looseObject({
  rule_id: z.coerce.number().int().optional(),
  meta: z.looseObject({ enabled: z.boolean().optional() }).nullish(),
  tests: z.array(
    z.looseObject({
      test_id: z.coerce.number().int(),
      stages: z.array(z.object({ input, output: output.default({}) })),
    }),
  ),
})

export type FtwInput = z.infer<typeof input>
export type FtwOutput = z.infer<typeof output>
export type FtwStage = z.infer<typeof testFile>["tests"][number]["stages"][number]

/** One regression test in the format of go-ftw (https://github.com/coreruleset/ftw-tests-schema). */
export interface FtwTest {
  /** `920100-4`: the rule's id and the test's. */
  readonly name: string
  readonly ruleId: number
  readonly testId: number
  readonly enabled: boolean
  readonly stages: readonly FtwStage[]
}

/** Reads a test file; throws THWART_RULES_INVALID with every mistake, its line and column. */
export function readTestFile(source: string, file: string): readonly FtwTest[] {
  // Some files end in the mark of one more document, which is empty.
  const documents = parseAllDocuments(source)
  const only = Array.isArray(documents) && documents.length > 1 ? source.replace(/\n---\s*$/, "\n") : source
  const parsed = parseYaml(only, file, testFile.nullable())
  if (parsed.kind === "bad") throw invalid(file, parsed.diagnostics)
  const { rule_id, meta, tests = [] } = parsed.value ?? {}
  const ruleId = rule_id ?? Number.parseInt(/(\d+)\.ya?ml$/.exec(file)?.[1] ?? "0", 10)
  return tests.map(({ test_id, stages }) => ({
    name: `${ruleId}-${test_id}`,
    ruleId,
    testId: test_id,
    enabled: meta?.enabled ?? true,
    stages,
  }))
}

export function invalid(file: string, diagnostics: readonly Diagnostic[]): ThwartError {
  const told = diagnostics.map((one) => `  ${formatDiagnostic(one)}`).join("\n")
  return new ThwartError("THWART_RULES_INVALID", `the tests in ${file} can't be read:\n${told}`)
}
