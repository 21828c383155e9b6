import type { Latin1 } from "../../../../core/index.ts"
import { createHtmlTokenizer, type HtmlContext, type HtmlToken } from "./html.ts"
import { type AttributeKind, isBlackTag, isBlackUrl, kindOfAttribute } from "./suspects.ts"

const contexts: readonly HtmlContext[] = ["data", "unquoted", "'", '"', "`"]

/**
 * Whether a page that has this input somewhere would run what it says: in its text, or inside of an attribute with any quotes.
 * After libinjection (https://github.com/libinjection/libinjection).
 */
export function detectXss(text: Latin1): boolean {
  return contexts.some((context) => isXssIn(text, context))
}

function isXssIn(text: Latin1, context: HtmlContext): boolean {
  const next = createHtmlTokenizer(text, context)
  let attribute: AttributeKind = "harmless"
  for (let token = next(); token !== undefined; token = next()) {
    if (isBlack(token, attribute)) return true
    attribute = token.kind === "ATTR_NAME" ? kindOfAttribute(token.text) : "harmless"
  }
  return false
}

function isBlack({ kind, text }: HtmlToken, attribute: AttributeKind): boolean {
  if (kind === "DOCTYPE") return true
  if (kind === "TAG_NAME_OPEN") return isBlackTag(text)
  if (kind === "ATTR_VALUE") return isBlackValue(text, attribute)
  return kind === "TAG_COMMENT" && isBlackComment(text)
}

function isBlackValue(value: Latin1, attribute: AttributeKind): boolean {
  switch (attribute) {
    case "harmless":
      return false
    case "black":
    case "style":
      return true
    case "url":
      return isBlackUrl(value)
    case "indirect":
      return kindOfAttribute(value) !== "harmless"
  }
}

/** A backtick ends tags in Internet Explorer, which has conditional comments too; the others make elements and entities. */
function isBlackComment(comment: Latin1): boolean {
  if (comment.includes("`")) return true
  if (comment.length > 3 && /^(?:\[if|xml)/i.test(comment)) return true
  return comment.length > 5 && /^(?:import|entity)/i.test(comment)
}
