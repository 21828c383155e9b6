import { limits } from "./limits.ts"

// V8's linear engine, to which a pattern changes when it goes back too often, writes counted parts out, and takes no more copies.
const mostCopies = 16

/**
 * Compiles a regular expression that V8 can run in linear time, or says why not: nothing may look around or refer back, or count far.
 * A conservative reading: some patterns that would be harmless are refused. Linear time itself is V8's fallback, which the process
 * has to have switched on.
 */
export function compilePattern(source: string): RegExp | string {
  const problem = refusal(source)
  if (problem !== undefined) return problem
  try {
    return new RegExp(source, "s")
  } catch (error) {
    const [, reason] = /: ([^:]+)$/.exec(error instanceof Error ? error.message : "") ?? []
    return `this is no regular expression: ${(reason ?? "it can't be read").toLowerCase()}`
  }
}

function refusal(source: string): string | undefined {
  if (source === "") return "an empty regular expression matches every text"
  if (source.length > limits.patternLength)
    return `a regular expression has at most ${limits.patternLength} characters; this one has ${source.length}`
  const plain = withoutClasses(source)
  if (/\(\?<?[=!]/.test(plain)) return "a regular expression can't look ahead or behind here (it could take very long)"
  if (/\\[1-9]|\\k</.test(plain)) return "a regular expression can't refer back here (it could take very long)"
  if (/\(\?(?![:<])/.test(plain)) return "a regular expression has no flags here; write [Aa] for either case"
  return countsTooFar(plain)
    ? `counts in a regular expression, multiplied where one is in another, are ${mostCopies} at most here`
    : undefined
}

/** Escaped characters and classes replaced by a letter, but for references back. */
function withoutClasses(source: string): string {
  return source.replace(/\\(?:[^1-9k]|k(?!<))|\[(?:\\.|[^\]\\])*\]/gs, "a")
}

/** Multiplies the counts of groups inside each other. */
function countsTooFar(plain: string): boolean {
  // The most copies that anything inside each open group is written out in; the last is the innermost.
  const inside: number[] = [1]
  let last = 1
  for (const [token] of plain.matchAll(/\{(\d*)(,?)(\d*)\}|[()]|[^()]/gs)) {
    if (token === "(") {
      inside.push(1)
      last = 1
    } else if (token === ")") last = inside.pop() ?? 1
    else if (token.length > 1) last *= copiesOf(token)
    else last = 1
    const outer = inside.length - 1
    inside[outer] = Math.max(inside[outer] ?? 1, last)
    if (last > mostCopies) return true
  }
  return false
}

function copiesOf(count: string): number {
  const [, least = "", comma = "", most = ""] = /^\{(\d*)(,?)(\d*)\}$/.exec(count) ?? []
  return Math.max(1, Number(comma === "" || most === "" ? least : most))
}
