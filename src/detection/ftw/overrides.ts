import { z } from "zod"
import { parseYaml } from "../../core/index.ts"
import { type FtwOutput, type FtwTest, invalid } from "./test-file.ts"

const overrideFile = z.looseObject({
  test_overrides: z
    .array(
      z.looseObject({
        rule_id: z.coerce.number().int(),
        test_ids: z.array(z.coerce.number().int()),
        reason: z.string().default(""),
        output: z
          .looseObject({
            expect_error: z.boolean().optional(),
            log: z
              .looseObject({
                expect_ids: z.array(z.number()).default([]),
                no_expect_ids: z.array(z.number()).default([]),
              })
              .optional(),
          })
          .optional(),
      }),
    )
    .default([]),
})

type OverrideOutput = NonNullable<z.infer<typeof overrideFile>["test_overrides"][number]["output"]>

export interface Override {
  readonly reason: string
  /** What engines of that kind give instead; undefined where the list only says that the test does not hold. */
  readonly output: OverrideOutput | undefined
}

/** Expectations that differ from engine to engine, by the test's name. */
export type Overrides = ReadonlyMap<string, Override>

/** Reads an override file of go-ftw; throws THWART_RULES_INVALID for one that can't be read. */
export function readOverrides(source: string, file: string): Overrides {
  const parsed = parseYaml(source, file, overrideFile)
  if (parsed.kind === "bad") throw invalid(file, parsed.diagnostics)
  return new Map(
    parsed.value.test_overrides.flatMap(({ rule_id, test_ids, reason, output }) =>
      test_ids.map((id) => [`${rule_id}-${id}`, { reason: reason.trim(), output }] as const),
    ),
  )
}

/** A test with what an override says in place of its expectations. */
export function overridden(test: FtwTest, { output }: Override): FtwTest {
  const replace = (own: FtwOutput): FtwOutput => ({ ...own, ...output, log: output?.log ?? own.log })
  return { ...test, stages: test.stages.map((stage) => ({ ...stage, output: replace(stage.output) })) }
}
