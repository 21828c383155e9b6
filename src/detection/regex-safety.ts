import { setFlagsFromString } from "node:v8"

/**
 * Lets V8 fall back to its linear-time engine when a regex backtracks too much, so that no input makes a rule run for long.
 * Must be called before the first regex runs. Patterns with backreferences or lookaround don't get the fallback.
 */
export function enableLinearRegexFallback(): void {
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks")
  setFlagsFromString("--regexp-backtracks-before-fallback=10000")
}
