import { type Json, text } from "../aws/json.ts"
import type { Family } from "../ranges.ts"
import type { WebAclArn } from "./arn.ts"

/** Where one of our IP sets belongs. */
export interface SetPlace {
  readonly family: Family
  /** From 1 on. */
  readonly index: number
}

/** How everything of ours is called in one web ACL; the same after every restart, so that nothing is made twice or left behind. */
export interface Names {
  setName(place: SetPlace): string
  /** Undefined for the name of somebody else's. */
  placeOfSet(name: string): SetPlace | undefined
  ruleName(family: Family): string
  /** Written on each IP set, and looked for before one is touched. */
  readonly mark: string
}

// A name may have 128 characters: 32 of prefix, 8 of id, the ends of our own, and this.
const maxAclName = 72

export function namesFor({ name, id, arn }: Pick<WebAclArn, "name" | "id" | "arn">, prefix: string): Names {
  const stem = `${prefix}_${name.slice(0, maxAclName)}_${id.slice(0, 8)}`
  return {
    setName: ({ family, index }) => `${stem}_v${family}_${index}`,
    placeOfSet: (of) => {
      // The whole name has to fit: a stem may begin another's.
      if (!of.startsWith(`${stem}_v`)) return undefined
      const [, family, index] = /^([46])_([1-9]\d?)$/.exec(of.slice(stem.length + 2)) ?? []
      if (family === undefined || index === undefined) return undefined
      return { family: family === "4" ? 4 : 6, index: Number(index) }
    },
    ruleName: (family) => `${prefix}-v${family}`,
    // A description has at most 256 characters, and no brackets.
    mark: `Kept by Thwart, prefix ${prefix}, for ${arn}`.slice(0, 256),
  }
}

export function isMarked(set: Json, { mark }: Names): boolean {
  return text(set.Description) === mark
}
