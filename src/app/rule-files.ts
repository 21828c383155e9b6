import { readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import type { RuleFiles } from "../detection/index.ts"

/** Rules as they lie on disk, read as bytes. */
export const ruleFilesOnDisk: RuleFiles = {
  list: (path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => name.endsWith(".conf"))
          .sort()
          .map((name) => join(path, name))
      : [path],
  read: (path) => readFileSync(path, "latin1"),
  beside: (file, name) => resolve(dirname(file), name),
}

/** The starter rules that come with Thwart. */
export const starterRules = join(import.meta.dirname, "..", "..", "rules")
