import type { Millis } from "../../core/index.ts"

/** When each of the different things that a window counts was seen last. Most windows never count more than one: those cost no map. */
export interface Marks {
  only: string | undefined
  onlyAt: Millis
  many: Map<string, Millis> | undefined
}

export const countOf = ({ only, many }: Marks): number => many?.size ?? (only === undefined ? 0 : 1)

export function mark(marks: Marks, name: string, at: Millis): void {
  const { only, onlyAt, many } = marks
  if (many !== undefined) many.set(name, Math.max(at, many.get(name) ?? at))
  else if (only === undefined || only === name) {
    marks.only = name
    marks.onlyAt = only === undefined ? at : Math.max(at, onlyAt)
  } else marks.many = new Map([[only, onlyAt]]).set(name, at)
}

/** Drops what was not seen after that time. */
export function dropUntil(marks: Marks, at: Millis): void {
  if (marks.many === undefined) {
    if (marks.onlyAt <= at) marks.only = undefined
    return
  }
  for (const [name, when] of marks.many) if (when <= at) marks.many.delete(name)
}

export function clear(marks: Marks): void {
  marks.only = undefined
  marks.many = undefined
}
