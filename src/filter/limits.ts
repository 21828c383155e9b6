/** A filter is written by a person: these are far beyond that, and keep the work for one text small. */
export const limits = {
  textLength: 64 * 1024,
  /** Parentheses and `not` inside each other; evaluation recurses as deep. */
  depth: 200,
  /** Values in one list. */
  listItems: 1000,
  /** Told of one text; the rest would be read by nobody. */
  problems: 50,
  /** The length of a regular expression, and of what stands behind `like`. */
  patternLength: 1000,
} as const
