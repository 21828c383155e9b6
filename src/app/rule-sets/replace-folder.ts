import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { ThwartError } from "../../core/index.ts"
import type { TarEntry } from "./tar.ts"

/** A folder beside another, to make what shall stand in its place; whoever makes one removes it. */
export function stagingBeside(folder: string): string {
  const parent = dirname(folder)
  try {
    mkdirSync(parent, { recursive: true })
    return mkdtempSync(join(parent, `.${basename(folder)}-`))
  } catch (cause) {
    throw new ThwartError("THWART_FETCH_FAILED", `${parent} can't be written to; name another folder with --to`, {
      cause,
    })
  }
}

/** Writes all entries, and returns where they begin: inside of the one folder that an archive usually has. */
export function unpack(entries: Iterable<TarEntry>, staging: string): string {
  const root = join(staging, "unpacked")
  mkdirSync(root)
  for (const { kind, path, bytes } of entries) {
    const target = join(root, path)
    if (kind === "folder") mkdirSync(target, { recursive: true })
    else {
      mkdirSync(dirname(target), { recursive: true })
      // A second file of the same name, or of one that this file system takes for the same, is refused.
      writeFileSync(target, bytes, { flag: "wx", flush: true })
    }
  }
  const [only, another] = readdirSync(root, { withFileTypes: true })
  return only?.isDirectory() === true && another === undefined ? join(root, only.name) : root
}

/** Puts `made` where `folder` is; the former one is back when that fails. Between the two renames there is none for a moment. */
export function replaceFolder(folder: string, made: string, staging: string): void {
  const former = join(staging, "former")
  const had = existsSync(folder)
  if (had) renameSync(folder, former)
  try {
    renameSync(made, folder)
  } catch (error) {
    if (had) renameSync(former, folder)
    throw error
  }
}

export function removeStaging(staging: string): void {
  rmSync(staging, { recursive: true, force: true })
}
