import type { Latin1 } from "../../../core/index.ts"

/** ASCII letters only: the other bytes are no characters here. */
export function lowercase(value: Latin1): Latin1 {
  return /[A-Z]/.test(value) ? value.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) : value
}

export const removeNulls = (value: Latin1) => value.replaceAll("\0", "")
export const replaceNulls = (value: Latin1) => value.replaceAll("\0", " ")
export const removeWhitespace = (value: Latin1) => value.replace(/[\s\xa0]+/g, "")
export const compressWhitespace = (value: Latin1) => value.replace(/[\s\xa0]+/g, " ")
export const trim = (value: Latin1) => value.replace(/^\s+|\s+$/g, "")
export const trimLeft = (value: Latin1) => value.replace(/^\s+/, "")
export const trimRight = (value: Latin1) => value.replace(/\s+$/, "")
export const length = (value: Latin1) => String(value.length)

/** `replaceComments`: each C comment, also one without an end, becomes a space. */
export function replaceComments(value: Latin1): Latin1 {
  if (!value.includes("/*")) return value
  let result = ""
  let at = 0
  for (let start = value.indexOf("/*"); start >= 0; start = value.indexOf("/*", at)) {
    result += `${value.slice(at, start)} `
    const end = value.indexOf("*/", start + 2)
    at = end < 0 ? value.length : end + 2
  }
  return result + value.slice(at)
}

/** `cmdLine`: what shells ignore goes (`\ " ' ^`), `,` `;` and white space become one space, none before `/` and `(`, lower case. */
export function cmdLine(value: Latin1): Latin1 {
  return lowercase(
    value
      .replace(/[\\"'^]/g, "")
      .replace(/[\s,;]+/g, " ")
      .replace(/ (?=[/(])/g, ""),
  )
}

/** `normalizePath`: no empty parts, no `.`, and `..` takes the part before it along. */
export function normalizePath(value: Latin1): Latin1 {
  if (!/\/\/|\.\/|\/\.|^\.$|^\.\.$/.test(value)) return value
  const rooted = value.startsWith("/")
  const parts: string[] = []
  for (const part of value.split("/")) {
    if (part === "" || part === ".") continue
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop()
    else if (part !== ".." || !rooted) parts.push(part)
  }
  const trailing = /\/\.{0,2}$/.test(value) && parts.length > 0 ? "/" : ""
  return `${rooted ? "/" : ""}${parts.join("/")}${trailing}`
}

export const normalizePathWin = (value: Latin1) => normalizePath(value.replaceAll("\\", "/"))
