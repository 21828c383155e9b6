import { Mistake } from "../syntax/mistake.ts"
import { boundedExec } from "./bounded.ts"
import { emitRegex } from "./emit.ts"
import { withCountsWrittenOut } from "./linear.ts"
import type { ParsedRegex } from "./node.ts"
import { parseRegex, type RegexFlags, ruleFlags } from "./parse.ts"

/** A pattern ready to run on bytes. */
export interface CompiledRegex {
  readonly test: (value: string) => boolean
  /** Where it matches first, with its groups; a group that took no part is undefined. */
  readonly exec: (value: string) => RegexHit | undefined
  /** What it was read from, for those who look for what a match needs; read anew, since it is large and asked for once. */
  readonly parsed: () => ParsedRegex
}

export interface RegexHit {
  readonly offset: number
  readonly length: number
  readonly groups: readonly (string | undefined)[]
}

/** Compiles a PCRE pattern; throws a Mistake that says what is wrong with it, and where. */
export function compileRegex(source: string, flags: RegexFlags = ruleFlags): CompiledRegex {
  const { root, captures } = parseRegex(source, flags)
  const parsed = { root: withCountsWrittenOut(root), captures }
  const { source: emitted, groups } = emitRegex(parsed)
  const exec = boundedExec(build(emitted), parsed)
  return {
    parsed: () => parseRegex(source, flags),
    test: (value) => exec(value) !== null,
    exec: (value) => {
      const match = exec(value)
      return match === null
        ? undefined
        : { offset: match.index, length: match[0].length, groups: groups.map((group) => match[group]) }
    },
  }
}

function build(source: string): RegExp {
  try {
    return new RegExp(source, "s")
  } catch (error) {
    throw new Mistake("SECLANG_REGEX", error instanceof Error ? error.message : String(error))
  }
}
