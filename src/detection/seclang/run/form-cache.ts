import type { Latin1 } from "../../../core/index.ts"
import { createForm, type Form } from "./form.ts"

/**
 * Keeps what is known of texts that come again with the next request: names of arguments, headers and cookies, and the values of
 * headers. Clients choose them, so it is bounded: when the young generation is full, the old one goes.
 */
export interface FormCache {
  formOf(text: Latin1): Form
}

// Some thousand names and header values are what one site sees; longer texts seldom come again.
const maxForms = 2048
const maxLength = 256

export function createFormCache(): FormCache {
  let young = new Map<Latin1, Form>()
  let old = new Map<Latin1, Form>()
  return {
    formOf: (text) => {
      if (text.length > maxLength) return createForm(text)
      const known = young.get(text)
      if (known !== undefined) return known
      const form = old.get(text) ?? createForm(text, new Set())
      if (young.size >= maxForms) {
        old = young
        young = new Map()
      }
      young.set(text, form)
      return form
    },
  }
}
