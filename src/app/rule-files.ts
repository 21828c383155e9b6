import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import type { CorrelationRuleFiles } from "../correlation/index.ts"
import type { EventRuleFiles, RuleFiles } from "../detection/index.ts"

// Where Debian's package modsecurity-crs has what the user sets.
const debianSetup = "/etc/modsecurity/crs/crs-setup.conf"

/** Rules as they lie on disk, read as bytes. */
export const ruleFilesOnDisk: RuleFiles = {
  list: (path) => (statSync(path).isDirectory() ? filesOf(path) : [path]),
  // Who names a setup of the Core Rule Set does not want the one beside its rules too.
  choose: (files) => {
    const setup = files.find(isSetup)
    return files.filter((file) => !isSetup(file) || file === setup)
  },
  read: (path) => readFileSync(path, "latin1"),
  beside: (file, name) => resolve(dirname(file), name),
}

const isSetup = (file: string) => /^crs-setup\.conf(?:\.example)?$/.test(basename(file))

/** The starter rules that come with Thwart. */
export const starterRules = join(import.meta.dirname, "..", "..", "rules")

/** The event rules that come with Thwart. */
export const shippedEventRules = join(starterRules, "events")

/** Those that were named, else those that come with Thwart. */
export const eventRulesOr = (paths: readonly string[]): readonly string[] =>
  paths.length > 0 ? paths : [shippedEventRules]

/** The intent and clustering rules that come with Thwart. */
export const shippedIntentRules = join(starterRules, "intents")

/** Those that were named, else those that come with Thwart. */
export const intentRulesOr = (paths: readonly string[]): readonly string[] =>
  paths.length > 0 ? paths : [shippedIntentRules]

/** Rules in YAML as they lie on disk. */
export const yamlFilesOnDisk: EventRuleFiles & CorrelationRuleFiles = {
  list: (path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => /\.ya?ml$/.test(name))
          .sort()
          .map((name) => join(path, name))
      : [path],
  read: (path) => readFileSync(path, "utf8"),
}

// No file on disk is called so.
const levelFile = "(paranoia level)"

/** The same, with the Core Rule Set's paranoia level set before all others; what they set themselves overrides it. */
export function rulesAtLevel(level: number | undefined, more = ""): RuleFiles {
  const settings = ["blocking", "detection"].map((kind) => `setvar:tx.${kind}_paranoia_level=${level}`)
  const setLevel = `SecAction "id:9009000,phase:1,nolog,pass,${settings.join(",")}"`
  const text = `${more}\n${level === undefined ? "" : setLevel}\n`
  return {
    ...ruleFilesOnDisk,
    choose: (files) => [levelFile, ...(ruleFilesOnDisk.choose?.(files) ?? files)],
    read: (path) => (path === levelFile ? text : ruleFilesOnDisk.read(path)),
  }
}

/** A folder's `*.conf`; of a checkout of the Core Rule Set its setup and then its rules, whichever of its folders is named. */
function filesOf(folder: string): readonly string[] {
  if (isCoreRules(join(folder, "rules"))) return [...setupOf(folder), ...confs(join(folder, "rules"))]
  if (isCoreRules(folder)) return [...setupOf(dirname(resolve(folder))), ...confs(folder)]
  return confs(folder)
}

function confs(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".conf"))
    .sort()
    .map((name) => join(folder, name))
}

const isCoreRules = (folder: string) =>
  basename(folder) === "rules" && existsSync(join(folder, "REQUEST-901-INITIALIZATION.conf"))

/** Without a setup the rule set refuses to run; the example that comes with it holds its defaults. */
function setupOf(root: string): readonly string[] {
  const found = [join(root, "crs-setup.conf"), join(root, "crs-setup.conf.example")].find((path) => existsSync(path))
  if (found !== undefined) return [found]
  return root.startsWith("/usr/share/modsecurity-crs") && existsSync(debianSetup) ? [debianSetup] : []
}
