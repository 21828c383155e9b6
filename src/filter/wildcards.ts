type Piece = { readonly kind: "text"; readonly text: string } | { readonly kind: "any" } | { readonly kind: "one" }

/**
 * Tests whole texts against a pattern where `%` and `*` stand for any characters and `_` for one. Goes back to the last `%` only, so
 * that it takes at most the product of both lengths, and for patterns without `_` about the length of the text.
 */
export function likeTest(pattern: string): (text: string) => boolean {
  const units = unitsOf(pattern)
  return (text) => {
    let [at, unit] = [0, 0]
    let resume: { unit: number; at: number } | undefined
    while (at < text.length) {
      const wanted = units[unit]
      if (wanted?.kind === "any") {
        resume = { unit: ++unit, at }
        if (unit === units.length) return true
      } else if (wanted !== undefined && fits(wanted, text.charAt(at))) {
        unit++
        at++
      } else if (resume !== undefined) {
        unit = resume.unit
        at = ++resume.at
      } else return false
    }
    while (units[unit]?.kind === "any") unit++
    return unit === units.length
  }
}

function fits(piece: Piece, character: string): boolean {
  return piece.kind === "one" || (piece.kind === "text" && piece.text === character)
}

/** One piece a character of the text. */
function unitsOf(pattern: string): readonly Piece[] {
  const units: Piece[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    const next = pattern.charAt(at + 1)
    if (character === "\\" && (next === "%" || next === "*" || next === "_" || next === "\\")) {
      units.push({ kind: "text", text: next })
      at++
    } else if (character === "%" || character === "*") {
      if (units.at(-1)?.kind !== "any") units.push({ kind: "any" })
    } else units.push(character === "_" ? { kind: "one" } : { kind: "text", text: character })
  }
  return units
}
