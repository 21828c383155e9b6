export const mistakeCodes = [
  "SECLANG_SYNTAX",
  "SECLANG_DIRECTIVE",
  "SECLANG_VARIABLE",
  "SECLANG_OPERATOR",
  "SECLANG_REGEX",
  "SECLANG_TRANSFORMATION",
  "SECLANG_ACTION",
  "SECLANG_MACRO",
  "SECLANG_FILE",
  "SECLANG_ID",
  "SECLANG_CHAIN",
  "SECLANG_REFERENCE",
] as const

export type MistakeCode = (typeof mistakeCodes)[number]

/** What is wrong in a rule, and where: an offset into the text that was being read. */
export class Mistake extends Error {
  readonly code: MistakeCode
  readonly offset: number

  constructor(code: MistakeCode, message: string, offset = 0) {
    super(message)
    this.name = "Mistake"
    this.code = code
    this.offset = offset
  }

  /** The same mistake, told from the beginning of a longer text. */
  movedBy(offset: number): Mistake {
    return new Mistake(this.code, this.message, this.offset + offset)
  }
}

/** Runs a reading of a part of a text; what it throws is told from the beginning of the whole. */
export function within<T>(offset: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof Mistake ? error.movedBy(offset) : error
  }
}
