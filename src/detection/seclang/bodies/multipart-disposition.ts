import type { Latin1 } from "../../../core/index.ts"
import type { MultipartFlag } from "./body.ts"

export interface Disposition {
  readonly name: Latin1
  /** Null for a field. */
  readonly fileName: Latin1 | null
  readonly problem: string | null
}

const parameter = /^([ \t;]*)([^ \t=;]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([^;]*))/
// RFC 2045 §5.1.
const token = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]*$/

/** Reads `form-data; name="a"; filename="b"`. What ModSecurity refuses is a problem, and read as well as it can be. */
export function readDisposition(text: Latin1 | undefined, flags: Set<MultipartFlag>): Disposition {
  let problem: string | null = null
  const fail = (what: string) => {
    problem ??= what
    flags.add("invalidPart")
  }
  const [head = ""] = /^\s*form-data[ \t]*/i.exec(text ?? "") ?? []
  if (text === undefined) fail("a part without Content-Disposition")
  else if (!head.trimStart().startsWith("form-data")) fail("a part whose disposition is not form-data")
  let name: Latin1 | undefined
  let fileName: Latin1 | undefined
  let extended: Latin1 | undefined
  let rest = (text ?? "").slice(head.length)
  for (let found = parameter.exec(rest); found !== null; found = parameter.exec(rest)) {
    const [whole, before = "", key = "", double, single, bare = ""] = found
    rest = rest.slice(whole.length)
    if (!before.includes(";")) fail("a parameter of a disposition without a semicolon before it")
    const value = double ?? single ?? bare.trim()
    if (double === undefined && single === undefined && !token.test(value) && key !== "filename*")
      fail("a parameter of a disposition that is half quoted")
    // Between double quotes an apostrophe is a letter like others.
    if (key !== "filename*" && double === undefined && (single !== undefined || value.includes("'")))
      flags.add("invalidQuoting")
    const plain = double === undefined && single === undefined ? value : value.replace(/\\(["'\\])/g, "$1")
    switch (key.trim().toLowerCase()) {
      case "name":
        if (name !== undefined) fail("a part with two names")
        name ??= plain
        break
      case "filename":
        if (fileName !== undefined) fail("a part with two file names")
        fileName ??= plain
        break
      case "filename*":
        extended = extendedValue(plain)
        break
    }
    if (!/^(?:name|filename|filename\*)$/.test(key)) fail(`a disposition with a parameter "${key.slice(0, 20)}"`)
  }
  if (/\S/.test(rest)) fail("a disposition that can't be read")
  if (name === undefined || name === "") fail("a part without a name")
  if (extended !== undefined && fileName === undefined) fail("a part with an extended file name alone")
  const both = `${fileName ?? ""}${extended ?? ""}`
  return { name: name ?? "", fileName: both === "" ? null : both, problem }
}

/** RFC 5987: `UTF-8''na%C3%AFve.txt`. */
function extendedValue(value: Latin1): Latin1 {
  return value
    .replace(/^[^']*'[^']*'/, "")
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
