import type { OperatorFactory } from "./operator.ts"

// A phrase list is compiled into one alternation; V8 makes a trie of it.
const maxPhrases = 20_000

/** `@pm`: any of these phrases, whatever their case. */
export const pm: OperatorFactory = (argument) => phrases(argument.split(/\s+/))

/** `@pmFromFile`: any of the phrases of a file, one a line; `#` begins a comment. */
export const pmFromFile: OperatorFactory = (argument, files) =>
  phrases(
    argument.split(/\s+/).flatMap((name) =>
      files(name)
        .split("\n")
        .filter((line) => !line.startsWith("#"))
        .map((line) => line.trim()),
    ),
  )

function phrases(list: readonly string[]) {
  const given = [...new Set(list.filter((phrase) => phrase !== ""))]
  if (given.length === 0) throw new Error("it names no phrase")
  if (given.length > maxPhrases) throw new Error(`it names ${given.length} phrases; ${maxPhrases} is the limit`)
  // The longest first, since an alternation takes the first that fits.
  const ordered = given.sort((one, other) => other.length - one.length)
  const regex = new RegExp(ordered.map((phrase) => phrase.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "i")
  return (value: string) => {
    const match = regex.exec(value)
    return match === null ? undefined : { offset: match.index, length: match[0].length, groups: [match[0]] }
  }
}
