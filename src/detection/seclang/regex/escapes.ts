import { Mistake } from "../syntax/mistake.ts"
import {
  type ByteSet,
  blanks,
  bytesOf,
  complement,
  digits,
  horizontalBlanks,
  verticalBlanks,
  wordBytes,
} from "./byte-set.ts"

const classes: Readonly<Record<string, ByteSet>> = {
  d: digits,
  D: complement(digits),
  w: wordBytes,
  W: complement(wordBytes),
  s: blanks,
  S: complement(blanks),
  h: horizontalBlanks,
  H: complement(horizontalBlanks),
  v: verticalBlanks,
  V: complement(verticalBlanks),
  N: complement(bytesOf(10)),
}

/** The set that `\d`, `\W` and the like stand for; undefined for any other letter. */
export function classEscape(letter: string): ByteSet | undefined {
  return Object.hasOwn(classes, letter) ? classes[letter] : undefined
}

const posixClasses: Readonly<Record<string, ByteSet>> = {
  alnum: bytesOf([48, 57], [65, 90], [97, 122]),
  alpha: bytesOf([65, 90], [97, 122]),
  ascii: bytesOf([0, 127]),
  blank: bytesOf(9, 32),
  cntrl: bytesOf([0, 31], 127),
  digit: digits,
  graph: bytesOf([33, 126]),
  lower: bytesOf([97, 122]),
  print: bytesOf([32, 126]),
  punct: bytesOf([33, 47], [58, 64], [91, 96], [123, 126]),
  space: blanks,
  upper: bytesOf([65, 90]),
  word: wordBytes,
  xdigit: bytesOf([48, 57], [65, 70], [97, 102]),
}

export function posixClass(name: string): ByteSet | undefined {
  return Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined
}

const controls: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 }

/** Reads an escape that stands for one byte: `\x41`, `\x{41}`, `\0`, `\012`, `\n`, `\cA`, `\.`. */
export function readCodeEscape(source: string, start: number): { readonly code: number; readonly end: number } {
  const letter = source.charAt(start + 1)
  const fail = (message: string): never => {
    throw new Mistake("SECLANG_REGEX", message, start)
  }
  const [hex, digitsOfHex] = sticky(source, start, /\\x(?:\{([0-9a-fA-F]{1,8})\}|([0-9a-fA-F]{0,2}))/y)
  if (hex !== undefined) {
    const code = Number.parseInt(digitsOfHex || "0", 16)
    return code < 256 ? { code, end: start + hex.length } : fail(`${hex} is not a byte`)
  }
  const [octal, digitsOfOctal] = sticky(source, start, /\\(0[0-7]{0,2}|[0-7]{2,3}|o\{[0-7]{1,4}\})/y)
  if (octal !== undefined) {
    const code = Number.parseInt((digitsOfOctal ?? "0").replace(/[^0-7]/g, "") || "0", 8)
    return code < 256 ? { code, end: start + octal.length } : fail(`${octal} is not a byte`)
  }
  if (letter === "c" && source.length > start + 2)
    return {
      code:
        source
          .charAt(start + 2)
          .toUpperCase()
          .charCodeAt(0) ^ 64,
      end: start + 3,
    }
  if (Object.hasOwn(controls, letter)) return { code: controls[letter] ?? 0, end: start + 2 }
  if (letter === "") return fail("a backslash at the end")
  if (/[A-Za-z0-9]/.test(letter)) return fail(`\\${letter} is not supported`)
  return { code: letter.charCodeAt(0) & 0xff, end: start + 2 }
}

/** The match at that place and its first group that took part. */
function sticky(source: string, at: number, pattern: RegExp): readonly [string | undefined, string | undefined] {
  pattern.lastIndex = at
  const found = pattern.exec(source)
  return [found?.[0], found === null ? undefined : (found[1] ?? found[2])]
}
