import type { Latin1 } from "../../../core/index.ts"

/** The entities of one document. Those that it declares itself are resolved; nothing is ever loaded, so that external ones are empty. */
export interface Entities {
  /** Reads the declarations of a document type. */
  declare(documentType: Latin1): void
  decode(text: Latin1): Latin1
  /** What was wrong with the entities so far, or null. */
  problem(): string | null
}

const predefined: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }
// A few declarations can stand for any amount of text (the "billion laughs"): this is what may come of all of them together.
const maxGrowth = 1_000_000
const maxDepth = 16
const maxEntities = 1000

export function createEntities(): Entities {
  const declared = new Map<Latin1, Latin1>()
  let growth = 0
  let problem: string | null = null

  const fail = (what: string, instead: Latin1): Latin1 => {
    problem ??= what
    return instead
  }
  const expand = (name: Latin1, whole: Latin1, depth: number): Latin1 => {
    const known = Object.hasOwn(predefined, name) ? predefined[name] : undefined
    if (known !== undefined) return known
    const value = declared.get(name)
    if (value === undefined) return fail("an entity that is not declared", whole)
    growth += value.length
    if (growth > maxGrowth || depth >= maxDepth) return fail("entities that grow too large", "")
    // What of it is markup is none of the text.
    return decode(value, depth + 1).replace(/<[^<>]*>/g, "")
  }
  const decode = (text: Latin1, depth: number): Latin1 =>
    text.includes("&")
      ? text.replace(
          /&(?:#x([0-9a-fA-F]{1,6});|#([0-9]{1,7});|([A-Za-z_:\x80-\xff][^\s;&<]*);)?/g,
          (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
            if (name !== undefined) return expand(name, whole, depth)
            const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
            return isCharacter(code)
              ? Buffer.from(String.fromCodePoint(code)).toString("latin1")
              : fail("a bad entity", whole)
          },
        )
      : text

  return {
    declare: (documentType) => {
      const declarations = /<!ENTITY\s+([^\s%"'>]+)\s+(?:"([^"]*)"|'([^']*)'|(?:SYSTEM|PUBLIC)\b)/g
      // The first declaration of a name holds.
      for (const [, name = "", double, single] of documentType.matchAll(declarations))
        if (declared.size < maxEntities && !declared.has(name)) declared.set(name, double ?? single ?? "")
    },
    decode: (text) => decode(text, 0),
    problem: () => problem,
  }
}

/** XML 1.0 §2.2. */
const isCharacter = (code: number) =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)
