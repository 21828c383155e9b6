import type { TransformationDefinition } from "./transformation.ts"

/** Drops C and HTML comments; `--` and `#` end the value; one that is never closed is a space. */
export const removeComments: TransformationDefinition = {
  name: "removeComments",
  touches: /\/\*|<!--|--|#/,
  apply: (value) => {
    let text = ""
    for (let at = 0; at < value.length; ) {
      const begin = next(/\/\*|<!--|--|#/g, value, at)
      if (begin === null) return text + value.slice(at)
      text += value.slice(at, begin.index)
      if (begin[0] === "--" || begin[0] === "#") return text
      const end = next(/\*\/|-->/g, value, begin.index + begin[0].length)
      if (end === null) return `${text} `
      at = end.index + end[0].length
    }
    return text
  },
}

/** Drops the signs of comments, and keeps what is in them. */
export const removeCommentsChar: TransformationDefinition = {
  name: "removeCommentsChar",
  touches: /\/\*|\*\/|<!--|--|#/,
  apply: (value) => value.replace(/\/\*|\*\/|<!--|-->|--|#/g, ""),
}

/** Makes one space of each C comment, closed or not. */
export const replaceComments: TransformationDefinition = {
  name: "replaceComments",
  touches: /\/\*/,
  apply: (value) => {
    let text = ""
    for (let at = 0; ; ) {
      const begin = value.indexOf("/*", at)
      if (begin < 0) return text + value.slice(at)
      text += `${value.slice(at, begin)} `
      const end = value.indexOf("*/", begin + 2)
      if (end < 0) return text
      at = end + 2
    }
  },
}

function next(pattern: RegExp, value: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(value)
}
