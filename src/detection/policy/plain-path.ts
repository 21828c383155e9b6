import type { Latin1 } from "../../core/index.ts"

// Exceptions' paths have 500 characters at most; `/*` fits a longer one by its beginning.
const maxPath = 8192

/**
 * The path of a request target as exceptions name it, decoded once. Undefined for a path that an application may read as another
 * one (dot segments, double slashes, backslashes, control bytes, what is still encoded): whoever hides where a request goes gets
 * no exception.
 */
export function plainPath(target: Latin1): Latin1 | undefined {
  if (target.length > maxPath) return undefined
  const local = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?#]*/i, "")
  const raw = local.split(/[?#]/, 1)[0] ?? ""
  if (!raw.startsWith("/") || /%(?![0-9a-f]{2})|%2f|%5c/i.test(raw)) return undefined
  const path = raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return isPlain(path) ? path : undefined
}

const isPlain = (path: string) =>
  !/[\\%?#\x00-\x1f\x7f]|\/\//.test(path) && !path.split("/").some((segment) => /^\.{1,2}(;|$)/.test(segment))
