import { compareText } from "./compare-text.ts"
import { foundAt } from "./operator.ts"

export const contains = compareText("contains", (value, wanted) => {
  const offset = value.indexOf(wanted)
  return offset < 0 ? undefined : foundAt(value, offset, wanted.length)
})

/** As `contains`, with no letter on either side; digits and `_` end a word too, as in ModSecurity v3. */
export const containsWord = compareText("containsWord", (value, wanted) => {
  if (wanted === "") return foundAt(value, 0, 0)
  for (let offset = value.indexOf(wanted); offset >= 0; offset = value.indexOf(wanted, offset + 1))
    if (!isLetter(value.charAt(offset - 1)) && !isLetter(value.charAt(offset + wanted.length)))
      return foundAt(value, offset, wanted.length)
  return undefined
})

const isLetter = (character: string) => /[A-Za-z]/.test(character)
