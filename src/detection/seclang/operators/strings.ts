import { type Hit, type OperatorFactory, wholeValue } from "./operator.ts"

const at = (offset: number, text: string): Hit | undefined =>
  offset < 0 ? undefined : { offset, length: text.length, groups: [text] }

export const contains: OperatorFactory = (argument) => (value, expand) => {
  const wanted = expand(argument)
  return at(value.indexOf(wanted), wanted)
}

export const beginsWith: OperatorFactory = (argument) => (value, expand) => {
  const wanted = expand(argument)
  return value.startsWith(wanted) ? at(0, wanted) : undefined
}

export const endsWith: OperatorFactory = (argument) => (value, expand) => {
  const wanted = expand(argument)
  return value.endsWith(wanted) ? at(value.length - wanted.length, wanted) : undefined
}

export const streq: OperatorFactory = (argument) => (value, expand) =>
  value === expand(argument) ? wholeValue(value) : undefined

/** `@within`: the value stands somewhere in the argument. */
export const within: OperatorFactory = (argument) => (value, expand) =>
  expand(argument).includes(value) ? wholeValue(value) : undefined

export const unconditionalMatch: OperatorFactory = () => wholeValue
export const noMatch: OperatorFactory = () => () => undefined
