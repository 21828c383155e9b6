import type { Latin1 } from "../../../../core/index.ts"

export type HtmlTokenKind =
  | "DATA_TEXT"
  | "TAG_NAME_OPEN"
  | "TAG_NAME_CLOSE"
  | "TAG_NAME_SELFCLOSE"
  | "TAG_CLOSE"
  | "ATTR_NAME"
  | "ATTR_VALUE"
  | "TAG_COMMENT"
  | "DOCTYPE"

export interface HtmlToken {
  readonly kind: HtmlTokenKind
  readonly text: Latin1
}

/** Where in a page an input may land. */
export type HtmlContext = "data" | "unquoted" | "'" | '"' | "`"

type State = () => HtmlToken | undefined

/**
 * Reads HTML as browsers do (WHATWG HTML §13.2.5), old ones and their oddities included: NUL inside of names, backticks around values,
 * `<% %>`. Each call gives the next token; undefined at the end.
 */
export function createHtmlTokenizer(text: Latin1, context: HtmlContext): () => HtmlToken | undefined {
  let at = 0
  let closes = false
  const end: State = () => undefined

  const give = (kind: HtmlTokenKind, token: Latin1, next: State, from: number): HtmlToken => {
    state = next
    at = from
    return { kind, text: token }
  }
  /** All up to `stop`, behind which (by `behind` bytes) `next` goes on; all that is left where there is no stop. */
  const upTo = (
    kind: HtmlTokenKind,
    stop: number,
    { next, behind }: { readonly next: State; readonly behind: number },
  ) => (stop < 0 ? give(kind, text.slice(at), end, text.length) : give(kind, text.slice(at, stop), next, stop + behind))

  const skipBlanks = (): Latin1 => {
    while (at < text.length && isBlankOrNull(text.charCodeAt(at))) at++
    return text.charAt(at)
  }

  const data: State = () => {
    const open = text.indexOf("<", at)
    if (open < 0) return at < text.length ? give("DATA_TEXT", text.slice(at), end, text.length) : undefined
    if (open === at) {
      at++
      return tagOpen()
    }
    return give("DATA_TEXT", text.slice(at, open), tagOpen, open + 1)
  }

  const tagOpen: State = () => {
    const character = text.charAt(at)
    if (character === "") return undefined
    if (/[A-Za-z\0]/.test(character)) return tagName()
    const special = openers.get(character)
    if (special === undefined) return at === 0 ? data() : give("DATA_TEXT", "<", data, at)
    at++
    return special()
  }

  const endTagOpen: State = () => {
    closes = true
    const character = text.charAt(at)
    if (character === "") return undefined
    if (character === ">") return data()
    if (/[A-Za-z]/.test(character)) return tagName()
    closes = false
    return bogusComment()
  }

  const tagName: State = () => {
    const stop = find(endOfTagName, at)
    const character = text.charAt(stop)
    if (stop < 0) return give("TAG_NAME_OPEN", text.slice(at), end, text.length)
    const name = text.slice(at, stop)
    if (character === "/") return give("TAG_NAME_OPEN", name, selfClosing, stop + 1)
    if (character !== ">") return give("TAG_NAME_OPEN", name, beforeAttribute, stop + 1)
    if (!closes) return give("TAG_NAME_OPEN", name, tagNameClose, stop)
    closes = false
    return give("TAG_CLOSE", name, data, stop + 1)
  }

  const tagNameClose: State = () => {
    closes = false
    return give("TAG_NAME_CLOSE", text.charAt(at), at + 1 < text.length ? data : end, at + 1)
  }

  const beforeAttribute: State = () => {
    const character = skipBlanks()
    if (character === "") return undefined
    if (character === ">") return give("TAG_NAME_CLOSE", ">", data, at + 1)
    if (character !== "/") return attributeName()
    at++
    return selfClosing()
  }

  const attributeName: State = () => {
    const stop = find(endOfAttributeName, at + 1)
    if (stop < 0) return give("ATTR_NAME", text.slice(at), end, text.length)
    const name = text.slice(at, stop)
    const character = text.charAt(stop)
    if (character === "/") return give("ATTR_NAME", name, selfClosing, stop + 1)
    if (character === "=") return give("ATTR_NAME", name, beforeValue, stop + 1)
    if (character === ">") return give("ATTR_NAME", name, tagNameClose, stop)
    return give("ATTR_NAME", name, afterAttributeName, stop + 1)
  }

  const afterAttributeName: State = () => {
    const character = skipBlanks()
    if (character === "") return undefined
    if (character === ">") return tagNameClose()
    if (character !== "/" && character !== "=") return attributeName()
    at++
    return character === "/" ? selfClosing() : beforeValue()
  }

  const beforeValue: State = () => {
    const character = skipBlanks()
    if (character === "") {
      state = end
      return undefined
    }
    return character === '"' || character === "'" || character === "`" ? quotedValue(character)() : unquotedValue()
  }

  const quotedValue =
    (quote: string): State =>
    () => {
      // At the very beginning there is no quote to pass: the input is pretended to stand inside of one.
      if (at > 0) at++
      return upTo("ATTR_VALUE", text.indexOf(quote, at), { next: afterQuotedValue, behind: 1 })
    }

  const unquotedValue: State = () => {
    const stop = find(endOfValue, at)
    const closing = text.charAt(stop) === ">"
    return upTo("ATTR_VALUE", stop, { next: closing ? tagNameClose : beforeAttribute, behind: closing ? 0 : 1 })
  }

  const afterQuotedValue: State = () => {
    const character = text.charAt(at)
    if (character === "") return undefined
    if (character === ">") return give("TAG_NAME_CLOSE", ">", data, at + 1)
    if (character === "/") {
      at++
      return selfClosing()
    }
    return beforeAttribute()
  }

  const selfClosing: State = () => {
    const character = text.charAt(at)
    if (character === "") return undefined
    if (character !== ">") return beforeAttribute()
    return at === 0 ? undefined : give("TAG_NAME_SELFCLOSE", text.slice(at - 1, at + 1), data, at + 1)
  }

  const bogusComment: State = () => upTo("TAG_COMMENT", text.indexOf(">", at), { next: data, behind: 1 })
  const percentComment: State = () => upTo("TAG_COMMENT", text.indexOf("%>", at), { next: data, behind: 2 })

  const declaration: State = () => {
    if (/^doctype/i.test(text.slice(at, at + 7)))
      return upTo("DOCTYPE", text.indexOf(">", at), { next: data, behind: 1 })
    if (text.startsWith("[CDATA[", at)) {
      at += 7
      return upTo("DATA_TEXT", text.indexOf("]]>", at), { next: data, behind: 3 })
    }
    if (!text.startsWith("--", at)) return bogusComment()
    at += 2
    return comment()
  }

  /** Ends in `-->` or `-!>`; NULs behind the first dash are ignored. */
  const comment: State = () => {
    endOfComment.lastIndex = at
    const found = endOfComment.exec(text)
    return upTo("TAG_COMMENT", found?.index ?? -1, { next: data, behind: found?.[0].length ?? 0 })
  }

  const find = (pattern: RegExp, from: number): number => {
    pattern.lastIndex = from
    return pattern.exec(text)?.index ?? -1
  }

  const openers = new Map<string, State>([
    ["!", declaration],
    ["/", endTagOpen],
    ["?", bogusComment],
    ["%", percentComment],
  ])

  let state: State = context === "data" ? data : context === "unquoted" ? beforeAttribute : quotedValue(context)
  return () => state()
}

const endOfTagName = /[ \t\n\v\f\r/>]/g
const endOfAttributeName = /[ \t\n\v\f\r\0/=>]/g
const endOfValue = /[ \t\n\v\f\r\0>]/g
const endOfComment = /-\0*[-!]>/g

const isBlankOrNull = (code: number) => code === 0 || code === 32 || (code >= 9 && code <= 13)
