import type { OperatorFactory } from "./operator.ts"

/** `@rx`: a PCRE pattern, run by V8 on bytes. Inline `(?i)` and the like at its start become flags. */
export const rx: OperatorFactory = (argument) => {
  const { source, flags } = toJavaScript(argument)
  const regex = new RegExp(source, flags)
  return (value) => {
    const match = regex.exec(value)
    return match === null
      ? undefined
      : { offset: match.index, length: match[0].length, groups: match.map((group) => group ?? "") }
  }
}

/** ModSecurity compiles with dot-all, and `$` as the end alone (dollar-end-only), which is V8's own meaning. */
function toJavaScript(pattern: string): { readonly source: string; readonly flags: string } {
  const [, inline = "", rest = pattern] = /^\(\?([ims]+)\)([\s\S]*)$/.exec(pattern) ?? []
  const flags = new Set(["s", ...inline])
  const source = rest
    .replace(/\(\?P<([a-z_]\w*)>/gi, "(?<$1>")
    .replace(/\\A/g, "^")
    .replace(/\\[zZ]/g, "$$")
    .replace(/\\h/g, "[\\t\\x20\\xa0]")
    .replace(/([*+?}])\+/g, "$1")
  return { source, flags: [...flags].join("") }
}
