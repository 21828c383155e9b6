import { stateVariables, variables } from "./variables.ts"

/** One part of a rule's list of variables: `ARGS`, `&TX:x`, `!ARGS:/^page/`. */
export interface Target {
  readonly variable: string
  readonly count: boolean
  readonly exclude: boolean
  /** Null: every member. */
  readonly member: ((name: string) => boolean) | null
  readonly text: string
}

/** Reads `A|B:member|!C:/regex/|&D`; throws an Error that names what is wrong. */
export function readTargets(text: string): readonly Target[] {
  return splitOutsideRegex(text).map(readTarget)
}

function readTarget(text: string): Target {
  const [, mark = "", variable = "", member] = /^([!&]?)([A-Za-z_]+)(?::([\s\S]+))?$/.exec(text.trim()) ?? []
  const name = variable.toUpperCase()
  if (!variables.has(name) && !stateVariables.has(name)) throw new Error(`there is no variable "${text}"`)
  return {
    variable: name,
    count: mark === "&",
    exclude: mark === "!",
    member: member === undefined ? null : selector(member),
    text: text.trim(),
  }
}

function selector(text: string): (name: string) => boolean {
  const regex = /^\/([\s\S]*)\/$/.exec(text)?.[1] ?? /^'\/([\s\S]*)\/'$/.exec(text)?.[1]
  if (regex !== undefined) {
    const compiled = new RegExp(regex, "i")
    return (name) => compiled.test(name)
  }
  const wanted = text.replace(/^'|'$/g, "").toLowerCase()
  return (name) => name.toLowerCase() === wanted
}

function splitOutsideRegex(text: string): readonly string[] {
  const parts: string[] = []
  let part = ""
  let inside = false
  for (const character of text) {
    if (character === "/" && (inside || /[:']$/.test(part))) inside = !inside
    if ((character === "|" || character === ",") && !inside) {
      parts.push(part)
      part = ""
    } else part += character
  }
  return [...parts, part]
}
