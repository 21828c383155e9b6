import type { FieldInfo, FieldType, Scalar } from "../../core/index.ts"
import type { Literal, OperatorName } from "../expression.ts"
import type { Report } from "../problem.ts"

/** What an operator asks of one value. */
export type ScalarTest = (value: Scalar) => boolean

export interface Operator {
  readonly name: OperatorName
  readonly types: readonly FieldType[]
  /** How a sentence says it, and its opposite; the values follow. */
  readonly verb: (type: FieldType) => readonly [plain: string, negated: string]
  /** Makes its test once, before any record is seen; tells what is wrong with the values. */
  prepare(values: readonly Literal[], field: FieldInfo, report: Report): ScalarTest | undefined
}
