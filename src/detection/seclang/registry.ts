import { ThwartError } from "../../core/index.ts"

/** A lookup by name and aliases, whatever their case; two of the same name are refused, since one would silently replace the other. */
export function createRegistry<T extends { readonly name: string; readonly aliases?: readonly string[] }>(
  definitions: readonly T[],
): (name: string) => T | undefined {
  const byName = new Map<string, T>()
  for (const definition of definitions) {
    for (const name of [definition.name, ...(definition.aliases ?? [])]) {
      const key = name.toLowerCase()
      if (byName.has(key) && byName.get(key) !== definition)
        throw new ThwartError("THWART_PLUGIN_DUPLICATE", `two definitions are called "${name}"`)
      byName.set(key, definition)
    }
  }
  return (name) => byName.get(name.toLowerCase())
}
