// What is longer was not mistyped.
const longest = 64

/** The word nearest to a text by edits (inserted, left out, replaced, swapped), where that is near enough to be meant. */
export function nearest(text: string, words: Iterable<string>): string | undefined {
  if (text.length === 0 || text.length > longest) return undefined
  const wanted = text.toLowerCase()
  let best: string | undefined
  let fewest = Math.max(1, Math.floor(text.length / 3)) + 1
  for (const word of words) {
    if (Math.abs(word.length - wanted.length) >= fewest) continue
    const edits = distance(wanted, word.toLowerCase())
    if (edits < fewest) [best, fewest] = [word, edits]
  }
  return best
}

/** Optimal string alignment distance. */
function distance(one: string, other: string): number {
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const now = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      now.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (now[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    before = last
    last = now
  }
  return last[other.length] ?? 0
}
