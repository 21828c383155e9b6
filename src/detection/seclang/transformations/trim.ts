import type { TransformationDefinition } from "./transformation.ts"

export const trim: TransformationDefinition = {
  name: "trim",
  touches: /^[\t-\r ]|[\t-\r ]$/,
  apply: (value) => trimEnd(value).replace(/^[\t-\r ]+/, ""),
}

export const trimLeft: TransformationDefinition = {
  name: "trimLeft",
  touches: /^[\t-\r ]/,
  apply: (value) => value.replace(/^[\t-\r ]+/, ""),
}

export const trimRight: TransformationDefinition = {
  name: "trimRight",
  touches: /[\t-\r ]$/,
  apply: trimEnd,
}

/** By hand: a regular expression would try at each blank inside of the value. */
function trimEnd(value: string): string {
  let end = value.length
  while (end > 0 && isBlank(value.charCodeAt(end - 1))) end--
  return value.slice(0, end)
}

const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13)
