import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..")

export interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

/** Paths of our sources below a folder, from the project's root, with `/` between. */
export function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.tsx?$/.test(entry.name) && !/(^|[\\/])(node_modules|dist)([\\/]|$)/.test(entry.parentPath),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort()
}

export const isTest = (file: string) =>
  /\.test\.tsx?$|\/(contract|fixtures?|testing)\.ts$|\/(fixtures?|testing)\//.test(file)

/** The relative imports and re-exports of a file, resolved to paths from the root. */
export function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8")
  const found: Import[] = []
  for (const [, keyword, types, target] of text.matchAll(
    /^\s*(import|export)\s+(type\s)?[^"';]*?from\s+"(\.[^"]+)"/gm,
  )) {
    if (keyword !== undefined && target !== undefined) found.push(edge(file, target, types !== undefined))
  }
  for (const [, target] of text.matchAll(/\bimport\(\s*"(\.[^"]+)"\s*\)/g))
    if (target !== undefined) found.push(edge(file, target, false))
  for (const [, target] of text.matchAll(/^\s*import\s+"(\.[^"]+)"/gm))
    if (target !== undefined) found.push(edge(file, target, false))
  return found
}

function edge(file: string, target: string, typeOnly: boolean): Import {
  return {
    from: file,
    to: relative(root, resolve(root, dirname(file), target))
      .split(sep)
      .join("/"),
    typeOnly,
  }
}
