import type { Latin1 } from "../../../core/index.ts"
import { createPhraseSearch } from "../phrases.ts"
import { Mistake } from "../syntax/mistake.ts"
import { foundAt, type Operator, type OperatorDefinition } from "./operator.ts"

/** Any of these phrases, whatever the case of their letters; `|41 42|` in a phrase is bytes in hexadecimal. */
export const pm: OperatorDefinition = {
  name: "pm",
  compile: (argument) => phraseOperator(withBytes(argument).split(/\s+/)),
}

/** Any of the phrases of files, one a line; `#` begins a comment. */
export const pmFromFile: OperatorDefinition = {
  name: "pmFromFile",
  aliases: ["pmf"],
  compile: (argument, { readFile }) =>
    phraseOperator(
      argument
        .trim()
        .split(/\s+/)
        .flatMap((name) => readFile(name).split("\n"))
        .filter((line) => !/^\s*#/.test(line))
        .map((line) => line.trim()),
    ),
}

// Phrases of one list; the largest of the Core Rule Set has some 2,000.
const maxPhrases = 100_000
// What is looked for before the list itself: the beginning of a longer phrase says enough.
const neededLength = 24

function phraseOperator(list: readonly Latin1[]): Operator {
  const phrases = [...new Set(list.filter((phrase) => phrase !== ""))]
  if (phrases.length === 0) throw new Mistake("SECLANG_OPERATOR", "it names no phrase")
  if (phrases.length > maxPhrases)
    throw new Mistake("SECLANG_OPERATOR", `it names ${phrases.length} phrases; ${maxPhrases} is the limit`)
  const search = createPhraseSearch(phrases)
  return {
    find: (value) => {
      const found = search(value)
      return found === undefined ? undefined : foundAt(value, found.offset, found.length)
    },
    needs: { phrases: phrases.map((phrase) => phrase.slice(0, neededLength)) },
  }
}

function withBytes(argument: Latin1): Latin1 {
  return argument.replace(/\|((?:[0-9a-fA-F]{2}\s?)+)\|/g, (_, bytes: string) =>
    Buffer.from(bytes.replace(/\s/g, ""), "hex").toString("latin1"),
  )
}
