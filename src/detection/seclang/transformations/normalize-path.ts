import type { Latin1 } from "../../../core/index.ts"
import { bytesOf } from "../regex/byte-set.ts"
import type { TransformationDefinition } from "./transformation.ts"

/** Drops doubled slashes and `.`, and walks `..` back, but not out of where a relative path begins. */
export const normalizePath: TransformationDefinition = {
  name: "normalizePath",
  aliases: ["normalisePath"],
  touches: /\/\/|(?:^|\/)\.{1,2}(?:\/|$)/,
  // Without a slash only `.` and `..` change.
  touchedBy: bytesOf(47),
  touchedUpTo: 2,
  touchedShortBy: bytesOf(46),
  apply: normalize,
}

/** As `normalizePath`, with backslashes as slashes. */
export const normalizePathWin: TransformationDefinition = {
  name: "normalizePathWin",
  aliases: ["normalisePathWin"],
  touches: /\\|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/,
  touchedBy: bytesOf(47, 92),
  touchedUpTo: 2,
  touchedShortBy: bytesOf(46),
  apply: (value) => normalize(value.replaceAll("\\", "/")),
}

function normalize(value: Latin1): Latin1 {
  const absolute = value.startsWith("/")
  const kept: string[] = []
  for (const segment of value.split("/")) {
    if (segment === "" || segment === ".") continue
    if (segment !== "..") kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop()
    else if (!absolute) kept.push("..")
  }
  const path = kept.join("/")
  const trailing = value.endsWith("/") && path !== "" ? "/" : ""
  return `${absolute ? "/" : ""}${path}${trailing}`
}
