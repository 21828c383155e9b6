import { setFlagsFromString } from "node:v8"

// A match that goes back this often is taken over by the linear engine. Each way back may have crossed the whole value: the longer the
// values, the fewer.
const backtracks = 1000
const backtracksOfLong = 100

/**
 * Lets V8 fall back to its linear-time engine when a regex backtracks too much, so that no input makes a rule run for long.
 * Must be called before the first regex runs. Patterns that V8 can't run in linear time don't get the fallback.
 */
export function enableLinearRegexFallback(): void {
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks")
  allow(backtracks)
}

/** A regex for long values, which falls back early. V8 takes its limit down when a regex first runs. */
export function regexForLongValues(source: string): RegExp {
  // Other text, so that V8 does not hand out what it compiled for the short ones.
  const regex = new RegExp(`(?:${source})`, "s")
  allow(backtracksOfLong)
  regex.test("")
  allow(backtracks)
  return regex
}

function allow(count: number): void {
  setFlagsFromString(`--regexp-backtracks-before-fallback=${count}`)
}
