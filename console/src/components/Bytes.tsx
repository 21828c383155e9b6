export interface Span {
  readonly offset: number
  readonly length: number
}

export interface BytesProps {
  /** One character a byte. */
  readonly text: string
  readonly marks?: readonly Span[]
  readonly label: string
}

/** What an attacker sent, as text that can do nothing: bytes that do not print are written as escapes, and spans are marked. */
export function Bytes({ text, marks = [], label }: BytesProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section className="bytes" tabIndex={0} aria-label={label}>
      {pieces(text, marks).map(({ at, part, marked }) =>
        marked ? <mark key={at}>{escaped(part)}</mark> : <span key={at}>{escaped(part)}</span>,
      )}
    </section>
  )
}

function pieces(text: string, marks: readonly Span[]) {
  const cuts: { at: number; part: string; marked: boolean }[] = []
  let at = 0
  for (const { offset, length } of [...marks].sort((one, other) => one.offset - other.offset)) {
    const start = Math.max(at, offset)
    const end = Math.min(text.length, offset + length)
    if (end <= start) continue
    if (start > at) cuts.push({ at, part: text.slice(at, start), marked: false })
    cuts.push({ at: start, part: text.slice(start, end), marked: true })
    at = end
  }
  if (at < text.length) cuts.push({ at, part: text.slice(at), marked: false })
  return cuts
}

function escaped(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(/[^\x20-\x7e\n\t]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)
}
