import type { EventFields, Millis } from "../../core/index.ts"
import { isObject, type JsonObject, parseJson } from "./json.ts"
import { type EventReader, type Reading, rawOf, unread, utf8 } from "./reading.ts"

/** The fields of one record, or why there are none. */
export type ReadObject = (value: JsonObject) => { readonly at: Millis; readonly fields: EventFields } | string

/** A reader of a tool that writes one JSON object a line. */
export function createJsonLineReader(read: ReadObject): EventReader {
  return {
    take: (line): readonly Reading[] => {
      const text = utf8(jsonPart(line.text))
      const value = parseJson(text)
      if (!isObject(value)) return [unread("line that is no JSON", line)]
      const event = read(value)
      if (typeof event === "string") return [unread(event, line)]
      return [{ kind: "event", ...event, raw: rawOf(text), line: line.number }]
    },
    finish: () => [],
  }
}

/** Without what the container runtime's own log writes before it (`2023-10-06T22:03:57Z stdout F {…}`). */
function jsonPart(line: string): string {
  return line.replace(/^\S{20,40} std(?:out|err) [FP] (?=\{)/, "")
}
