import { createValue } from "../run/value.ts"
import type { VariableDefinition } from "./variable.ts"

/** `XML:/*` is all text of the document as one value, `XML://@*` the value of each attribute; other paths are refused at load. */
export const xml: readonly VariableDefinition[] = [
  {
    name: "XML",
    shape: "paths",
    fresh: [2],
    read: ({ body }) => [
      ...(body?.xml === null || body === undefined ? [] : [createValue("/*", body.xml.text)]),
      ...(body?.xml?.attributes ?? []).map((text) => createValue("//@*", text)),
    ],
  },
]

export const xmlPaths: readonly string[] = ["/*", "//@*"]
