import { ThwartError } from "../../core/index.ts"

/** A relative path of plain names with `/` between them; below any folder it stays below that folder. */
export type ArchivePath = string & { readonly __brand: "ArchivePath" }

// Rule sets have paths of some dozen bytes, three folders deep.
const maxPath = 500
const maxDepth = 16
const maxSegmentBytes = 255

/** Undefined for the folder that was packed, itself (`./`); throws THWART_FETCH_FAILED for a path that may not be written. */
export function archivePath(name: string, kind: "file" | "folder"): ArchivePath | undefined {
  const why = objection(name, kind)
  if (why !== undefined)
    throw new ThwartError(
      "THWART_FETCH_FAILED",
      `the archive can't be used: the path ${JSON.stringify(name.slice(0, 200))} ${why}`,
    )
  const segments = segmentsOf(name)
  // The cast holds: nothing of it leads up, is absolute, or means anything but a name to a file system.
  return segments.length === 0 ? undefined : (segments.join("/") as ArchivePath)
}

const segmentsOf = (name: string) => name.split("/").filter((segment) => segment !== "." && segment !== "")

function objection(name: string, kind: "file" | "folder"): string | undefined {
  const segments = segmentsOf(name)
  if (name === "" || (kind === "file" && (segments.length === 0 || /(?:^|\/)\.?$/.test(name)))) return "names no file"
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "is absolute"
  if (segments.includes("..")) return "leads out of it"
  // A backslash separates folders on Windows, and a colon names a stream there.
  if (/[\x00-\x1f\x7f\\:]/.test(name)) return "has characters that are not taken"
  if (name.length > maxPath || segments.length > maxDepth) return "is too long"
  return segments.some((segment) => Buffer.byteLength(segment) > maxSegmentBytes) ? "is too long" : undefined
}
