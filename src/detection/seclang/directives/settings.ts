import type { Settings } from "../settings.ts"
import { Mistake } from "../syntax/mistake.ts"
import { readUnicodeMap } from "../transformations/unicode-map.ts"
import type { DirectiveDefinition } from "./directive.ts"

function setting(name: string, read: (text: string, now: Settings) => Partial<Settings>, max = 1): DirectiveDefinition {
  return {
    name,
    arguments: [1, max],
    apply: ({ args }, builder) => {
      const [first] = args
      if (first === undefined) return
      const text = args.map((word) => word.text).join(" ")
      const change = builder.guarded(first, () => read(text, builder.settings()))
      if (change !== undefined) builder.set(change)
    },
  }
}

function isOn(text: string): boolean {
  const lower = text.toLowerCase()
  if (lower !== "on" && lower !== "off") throw new Mistake("SECLANG_DIRECTIVE", `"${text}" is neither On nor Off`)
  return lower === "on"
}

function count(text: string): number {
  if (!/^\d{1,12}$/.test(text) || Number(text) === 0)
    throw new Mistake("SECLANG_DIRECTIVE", `"${text}" is not a number from 1`)
  return Number(text)
}

/** What happens to a body over its limit: here it is always read as far as the limit goes, and rules see INBOUND_DATA_ERROR. */
function limitAction(name: string): DirectiveDefinition {
  return setting(name, (text) => {
    oneOf(text, { reject: true, processpartial: true }, "Reject, ProcessPartial")
    return {}
  })
}

function oneOf<T>(text: string, known: Readonly<Record<string, T>>, names: string): T {
  const lower = text.toLowerCase()
  const found = Object.hasOwn(known, lower) ? known[lower] : undefined
  if (found === undefined) throw new Mistake("SECLANG_DIRECTIVE", `"${text}" is none of ${names}`)
  return found
}

const intoArguments: Readonly<Record<string, Settings["xmlIntoArguments"]>> = { on: "on", off: "off", onlyargs: "only" }

const engines: Readonly<Record<string, Settings["engine"]>> = {
  on: "on",
  off: "off",
  detectiononly: "detection-only",
}

/** What holds for the whole rule set. */
export const settings: readonly DirectiveDefinition[] = [
  setting("SecRuleEngine", (text) => ({ engine: oneOf(text, engines, "On, Off, DetectionOnly") })),
  setting("SecRequestBodyAccess", (text) => ({ requestBodyAccess: isOn(text) })),
  setting("SecResponseBodyAccess", (text) => ({ responseBodyAccess: isOn(text) })),
  setting("SecRequestBodyLimit", (text) => ({ requestBodyLimit: count(text) })),
  limitAction("SecRequestBodyLimitAction"),
  limitAction("SecResponseBodyLimitAction"),
  setting("SecRequestBodyNoFilesLimit", (text) => ({ requestBodyNoFilesLimit: count(text) })),
  setting("SecRequestBodyJsonDepthLimit", (text) => ({ jsonDepthLimit: count(text) })),
  setting("SecResponseBodyLimit", (text) => ({ responseBodyLimit: count(text) })),
  setting("SecArgumentsLimit", (text) => ({ argumentsLimit: count(text) })),
  setting("SecParseXmlIntoArgs", (text) => ({ xmlIntoArguments: oneOf(text, intoArguments, "On, Off, OnlyArgs") })),
  setting("SecCollectionTimeout", (text) => ({ collectionTimeoutMs: count(text) * 1000 })),
  setting("SecUploadFileLimit", (text) => ({ uploadFileLimit: count(text) })),
  setting("SecArgumentSeparator", (text) => {
    if (text.length !== 1) throw new Mistake("SECLANG_DIRECTIVE", `"${text}" is not one character`)
    return { argumentSeparator: text }
  }),
  setting(
    "SecResponseBodyMimeType",
    (text, { responseBodyMimeTypes }) => ({
      responseBodyMimeTypes: new Set([
        ...(responseBodyMimeTypes ?? []),
        ...text
          .toLowerCase()
          .split(/\s+/)
          .map((type) => (type === "(null)" ? "" : type)),
      ]),
    }),
    100,
  ),
  {
    name: "SecResponseBodyMimeTypesClear",
    arguments: [0, 0],
    apply: (_, builder) => builder.set({ responseBodyMimeTypes: new Set() }),
  },
  setting("SecComponentSignature", (text, { components }) => ({ components: [...components, text] })),
  setting("SecWebAppId", (text) => ({ webAppId: text })),
  {
    name: "SecUnicodeMapFile",
    arguments: [2, 2],
    apply: ({ args: [file, page] }, builder) => {
      if (file === undefined || page === undefined) return
      const text = builder.guarded(file, () => builder.readFile(file.text))
      if (text === undefined) return
      const unicodeMap = builder.guarded(page, () => readUnicodeMap(text, count(page.text)))
      if (unicodeMap !== undefined) builder.set({ unicodeMap })
    },
  },
]
