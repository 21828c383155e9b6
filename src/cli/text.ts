import type { Match } from "../core/index.ts"

/** What an attacker wrote, safe for a terminal: everything but printable ASCII, and the arrow of our sentences, as an escape. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e→]/g, (character) => {
    if (character === "\n") return "\\n"
    if (character === "\r") return "\\r"
    if (character === "\t") return "\\t"
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`
  })
}

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  yellow(text: string): string
  green(text: string): string
  /** What a rule matched. */
  mark(text: string): string
}

/** Colours on a terminal; elsewhere, or with NO_COLOR (no-color.org), marks where they carry meaning. */
export function createPaint(colours: boolean): Paint {
  const wrap = (open: number, close: number) => (text: string) =>
    colours ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    yellow: wrap(33, 39),
    green: wrap(32, 39),
    mark: (text) => (colours ? `\u001b[7m${text}\u001b[27m` : `»${text}«`),
  }
}

// Bytes shown on either side of a match.
const aroundBytes = 24

/** A matched value with its match marked. */
export function markedMatch({ value, offset, length }: Match, paint: Paint): string {
  const start = Math.max(0, offset - aroundBytes)
  const end = Math.min(value.length, offset + length + aroundBytes)
  return `${start > 0 ? "…" : ""}${printable(value.slice(start, offset))}${paint.mark(printable(value.slice(offset, offset + length).slice(0, 120)))}${printable(value.slice(offset + length, end))}${end < value.length ? "…" : ""}`
}

export interface Column<T> {
  readonly name: string
  readonly of: (row: T) => string
  /** Gives way when the terminal is too narrow. */
  readonly flexible?: boolean
}

const gap = "  "

/** Rows under their names, cut to the width of the terminal; nothing of it is ever a control character. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], widthLimit: number): string {
  const cells = [
    columns.map(({ name }) => name.toUpperCase()),
    ...rows.map((row) => columns.map(({ of }) => printable(of(row)))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)))
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1)
  for (const [index, { flexible }] of columns.entries()) {
    if (flexible === true && total() > widthLimit)
      widths[index] = Math.max(10, (widths[index] ?? 0) - (total() - widthLimit))
  }
  const line = (of: readonly string[]) =>
    of
      .map((cell, index) => padded(cell, widths[index] ?? 0))
      .join(gap)
      .trimEnd()
  return `${cells.map(line).join("\n")}\n`
}

function padded(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`
}
