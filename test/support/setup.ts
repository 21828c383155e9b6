import { setFlagsFromString } from "node:v8"

// Hostile input falls back to V8's linear-time regex engine; the flags must be set before the first regex runs.
setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks")
setFlagsFromString("--regexp-backtracks-before-fallback=10000")
