import { ThwartError } from "../../core/index.ts"

/** What the files of a rule set are: `*.conf` of SecLang, or `*.rules` of Suricata. */
export type RuleFormat = "seclang" | "signatures"

/** Rules that somebody publishes. */
export interface RuleSource {
  readonly summary: string
  readonly format: RuleFormat
  /** The version that is fetched when none is named. */
  readonly version: string
  readonly url: (version: string) => string
  /** True when the same version gets new contents every day, so that only a look tells whether it is there already. */
  readonly rolling: boolean
}

/** By the names that `thwart rules fetch` and `--rules` take. */
export const ruleSources: ReadonlyMap<string, RuleSource> = new Map([
  [
    "crs",
    {
      summary: "the OWASP Core Rule Set",
      format: "seclang",
      version: "4.28.0",
      // Rules and setup without the tests, as the project itself packs them.
      url: (version) =>
        `https://github.com/coreruleset/coreruleset/releases/download/v${version}/coreruleset-${version}-minimal.tar.gz`,
      rolling: false,
    },
  ],
  [
    "et-open",
    {
      summary: "Emerging Threats Open",
      format: "signatures",
      // Of Suricata; the rules for it change daily.
      version: "7.0.3",
      url: (version) => `https://rules.emergingthreats.net/open/suricata-${version}/emerging.rules.tar.gz`,
      rolling: true,
    },
  ],
])

/** What was asked for, with everything that fetching it needs. */
export interface Wanted {
  readonly name: string
  readonly known: RuleSource | undefined
  readonly from: { readonly kind: "url"; readonly url: URL } | { readonly kind: "file"; readonly path: string }
  readonly version: string | null
}

const versionForm = /^\d{1,6}(?:\.\d{1,6}){0,3}(?:-[0-9A-Za-z.]{1,32})?$/
const nameForm = /^[0-9A-Za-z][0-9A-Za-z._-]{0,99}$/

/** True for what may be the name of a folder of rules; a path has a slash, or begins with a dot. */
export const isRuleSetName = (text: string): boolean => nameForm.test(text)

/** A known source, or the URL or path of a .tar.gz; throws THWART_USAGE for what is none of them. */
export function wanted(source: string, askedVersion: string | undefined): Wanted {
  const version = askedVersion?.replace(/^v/, "")
  if (version !== undefined && !versionForm.test(version))
    throw new ThwartError("THWART_USAGE", `--version "${askedVersion}" is not a version (4.28.0)`)
  const known = ruleSources.get(source)
  if (known !== undefined) {
    const one = version ?? known.version
    return { name: source, known, from: { kind: "url", url: new URL(known.url(one)) }, version: one }
  }
  const name = /([^/\\?#]*)\.(?:tar\.gz|tgz)(?:[?#].*)?$/i.exec(source)?.[1]
  if (name === undefined)
    throw new ThwartError(
      "THWART_USAGE",
      `"${source}" is neither a known source (${[...ruleSources.keys()].join(", ")}) nor the URL or path of a .tar.gz`,
    )
  const from = /^[a-z][a-z0-9+.-]*:\/\//i.test(source) ? urlOf(source) : ({ kind: "file", path: source } as const)
  return { name, known: undefined, from, version: version ?? null }
}

function urlOf(text: string): Wanted["from"] {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ThwartError("THWART_USAGE", `"${text}" is no URL that can be fetched; https:// and http:// are taken`)
  if (url.username !== "" || url.password !== "")
    throw new ThwartError("THWART_USAGE", "the URL holds a password; download it by other means, and name the file")
  return { kind: "url", url }
}
