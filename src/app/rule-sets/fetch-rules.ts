import { createHash } from "node:crypto"
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { type Clock, ThwartError } from "../../core/index.ts"
import { checkUnpacked } from "./check.ts"
import { type DownloadDeps, download, publicUrl } from "./download.ts"
import { type FetchRecord, recordFile, recordOf, writeRecord } from "./record.ts"
import { removeStaging, replaceFolder, stagingBeside, unpack } from "./replace-folder.ts"
import { isRuleSetName, type RuleSource, type Wanted, wanted } from "./sources.ts"
import { readTar, type TarEntry } from "./tar.ts"

export interface FetchRulesDeps extends Omit<DownloadDeps, "onProgress"> {
  readonly clock: Clock
  readonly onStep: (step: FetchStep) => void
}

/** What is being done now. */
export type FetchStep =
  | { readonly kind: "downloading"; readonly from: string; readonly bytesRead: number; readonly bytesTotal: number }
  | { readonly kind: "checking"; readonly from: string }

export interface FetchRulesOptions {
  /** A known source's name, or the URL or path of a .tar.gz. */
  readonly source: string
  readonly version: string | undefined
  /** What the archive must have. */
  readonly sha256: string | undefined
  /** Undefined: the folder of the source's name in `rulesDir`. */
  readonly to: string | undefined
  /** Where fetched rules are found by their names. */
  readonly rulesDir: string
  readonly limits?: Partial<FetchLimits>
}

export interface FetchLimits {
  readonly downloadBytes: number
  readonly unpackedBytes: number
  readonly entries: number
  readonly idleMs: number
}

// Of the Core Rule Set 0.3 MB in 60 files are downloaded, of Emerging Threats 5 MB, which become 40 MB in 70 files.
const defaultLimits: FetchLimits = {
  downloadBytes: 64 << 20,
  unpackedBytes: 256 << 20,
  entries: 10_000,
  idleMs: 30_000,
}

export interface FetchedRules {
  /** `already`: the folder had just that before. */
  readonly outcome: "fetched" | "already"
  readonly folder: string
  readonly record: FetchRecord
}

/**
 * Fetches rules into a folder of their own, where they replace what was fetched to it before. Nothing of it changes until the
 * archive is whole, has the right checksum, and its rules load; throws THWART_FETCH_FAILED, THWART_RULES_INVALID, THWART_USAGE.
 */
export async function fetchRules(deps: FetchRulesDeps, options: FetchRulesOptions): Promise<FetchedRules> {
  const limits = { ...defaultLimits, ...options.limits }
  const what = wanted(options.source, options.version)
  const sha256 = checksumOf(options.sha256)
  const folder = folderOf(what, options)
  const former = recordOf(folder)
  const source = what.known === undefined ? shownSource(what) : what.name
  const isSame = (hash: string | undefined) =>
    former?.source === source && former.version === what.version && (hash === undefined || former.sha256 === hash)
  if (former !== undefined && what.known?.rolling === false && isSame(sha256))
    return { outcome: "already", folder, record: former }

  const archive = await bytesOf(what, { ...deps, limits, mayBePlain: sha256 !== undefined })
  const hash = createHash("sha256").update(archive).digest("hex")
  const from = shownSource(what)
  if (sha256 !== undefined && hash !== sha256)
    throw new ThwartError("THWART_FETCH_FAILED", `${from} has the SHA-256 ${hash}, not ${sha256}; nothing was changed`)
  if (former !== undefined && isSame(hash)) return { outcome: "already", folder, record: former }

  deps.onStep({ kind: "checking", from })
  const entries = await entriesOf(archive, limits)
  deps.signal.throwIfAborted()
  const record = { source, version: what.version, from, sha256: hash, fetchedAt: isoTime(deps.clock.now()) }
  return { outcome: "fetched", folder, record: install(entries, { folder, known: what.known, record }) }
}

// What the user of the Core Rule Set makes of its example; the next version takes it over.
const userSetup = "crs-setup.conf"

interface Install {
  readonly folder: string
  readonly known: RuleSource | undefined
  readonly record: Omit<FetchRecord, "format" | "rules" | "warnings">
}

function install(entries: readonly TarEntry[], { folder, known, record }: Install): FetchRecord {
  const staging = stagingBeside(folder)
  try {
    const made = unpack(entries, staging)
    if (existsSync(join(folder, userSetup)) && !existsSync(join(made, userSetup)))
      copyFileSync(join(folder, userSetup), join(made, userSetup))
    const whole = { ...record, ...checkUnpacked(made, known?.format) }
    writeRecord(made, whole)
    replaceFolder(folder, made, staging)
    return whole
  } catch (cause) {
    if (cause instanceof ThwartError) throw cause
    throw new ThwartError("THWART_FETCH_FAILED", `the archive could not be unpacked to ${folder}`, { cause })
  } finally {
    removeStaging(staging)
  }
}

function checksumOf(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/i.test(text)) return text?.toLowerCase()
  throw new ThwartError("THWART_USAGE", `--sha256 "${text}" is not a SHA-256: 64 hexadecimal digits`)
}

/** Only what was fetched before, or is empty, is ever replaced. */
function folderOf({ name }: Wanted, { to, rulesDir }: FetchRulesOptions): string {
  if (to === undefined && !isRuleSetName(name))
    throw new ThwartError("THWART_USAGE", `"${name}" is no name for a folder; say with --to where the rules shall be`)
  const folder = resolve(to ?? join(rulesDir, name))
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined || recordOf(folder) !== undefined) return folder
  if (found.isDirectory() && readdirSync(folder).length === 0) return folder
  throw new ThwartError(
    "THWART_USAGE",
    `${folder} is not from here (it has no ${recordFile}); remove it, or say with --to where the rules shall be`,
  )
}

interface BytesDeps extends FetchRulesDeps {
  readonly limits: FetchLimits
  readonly mayBePlain: boolean
}

async function bytesOf({ from }: Wanted, { limits, mayBePlain, onStep, ...deps }: BytesDeps): Promise<Buffer> {
  if (from.kind === "file") return readArchive(from.path, limits.downloadBytes)
  const shown = publicUrl(from.url)
  onStep({ kind: "downloading", from: shown, bytesRead: 0, bytesTotal: 0 })
  return download(
    from.url,
    { ...deps, onProgress: (progress) => onStep({ kind: "downloading", from: shown, ...progress }) },
    { bytes: limits.downloadBytes, idleMs: limits.idleMs, mayBePlain },
  )
}

function readArchive(path: string, limit: number): Buffer {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile())
    throw new ThwartError("THWART_FETCH_FAILED", `${path} is ${found === undefined ? "not there" : "no file"}`)
  if (found.size > limit)
    throw new ThwartError("THWART_FETCH_FAILED", `${path} has ${found.size} bytes, more than the limit of ${limit}`)
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new ThwartError("THWART_FETCH_FAILED", `${path} can't be read`, { cause })
  }
}

async function entriesOf(archive: Buffer, { unpackedBytes, entries }: FetchLimits): Promise<readonly TarEntry[]> {
  const tar = await promisify(gunzip)(archive, { maxOutputLength: unpackedBytes }).catch((cause: unknown) => {
    throw new ThwartError(
      "THWART_FETCH_FAILED",
      `the archive can't be used: it is no whole gzip file of at most ${unpackedBytes} bytes`,
      { cause },
    )
  })
  return [...readTar(tar, { entries, fileBytes: unpackedBytes })]
}

const shownSource = ({ from }: Wanted) => (from.kind === "url" ? publicUrl(from.url) : resolve(from.path))

const isoTime = (at: number) => new Date(at).toISOString()
