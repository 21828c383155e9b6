import { once } from "node:events"
import { createWriteStream } from "node:fs"

/** What attackers do in the log; each attacker does one of these, in a burst, as tools do. */
export const attackKinds = [
  "crawl",
  "probing",
  "path traversal",
  "sensitive files",
  "SQL injection",
  "cross-site scripting",
  "scanner",
] as const
export type AttackKind = (typeof attackKinds)[number]

interface Line {
  readonly at: number
  readonly client: string
  readonly path: string
  readonly status: number
  readonly agent: string
}

// Requests of one attacker of each kind: 239 of all seven.
const burst: Readonly<Record<AttackKind, number>> = {
  crawl: 150,
  probing: 25,
  "path traversal": 12,
  "sensitive files": 12,
  "SQL injection": 20,
  "cross-site scripting": 12,
  scanner: 8,
}
const linesOfAllKinds = Object.values(burst).reduce((sum, lines) => sum + lines, 0)
const attackShare = 0.02
const linesPerSecond = 200
const burstIntervalMs = 100
const friends = 20_000
const startAt = Date.UTC(2026, 10, 1)

/** An access log in nginx's combined format, 2 % of it attacks; the same for the same size. Gives the attackers and what each does. */
export async function writeAccessLog(file: string, lines: number): Promise<ReadonlyMap<string, AttackKind>> {
  const random = createRandom(7)
  const spanMs = (lines / linesPerSecond) * 1000
  const attackers = new Map<string, AttackKind>()
  const sets = Math.max(1, Math.round((lines * attackShare) / linesOfAllKinds))
  const all: Line[] = []
  for (let set = 0; set < sets; set++)
    for (const [index, kind] of attackKinds.entries()) {
      const number = set * attackKinds.length + index
      const client = `203.0.${112 + (number >> 8)}.${number & 255}`
      attackers.set(client, kind)
      const from = startAt + random() * Math.max(0, spanMs - burst[kind] * burstIntervalMs)
      for (let n = 0; n < burst[kind]; n++) all.push({ at: from + n * burstIntervalMs, client, ...attack(kind, n) })
    }
  while (all.length < lines) all.push(visit(startAt + random() * spanMs, random))
  all.sort((one, other) => one.at - other.at)
  const out = createWriteStream(file)
  for (let at = 0; at < all.length; at += 5000)
    if (
      !out.write(
        all
          .slice(at, at + 5000)
          .map(textOf)
          .join(""),
      )
    )
      await once(out, "drain")
  out.end()
  await once(out, "close")
  return attackers
}

const browsers = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
]
const browser = (number: number) => browsers[number % browsers.length] ?? ""

const staticFiles = ["/static/app.js", "/static/site.css", "/img/logo.png", "/favicon.ico", "/fonts/text.woff2"]

function visit(at: number, random: () => number): Line {
  const friend = Math.floor(random() * friends)
  const client = `198.18.${friend >> 8}.${friend & 255}`
  const page = Math.floor(random() * 5000)
  const what = random()
  const path =
    what < 0.4
      ? (staticFiles[page % staticFiles.length] ?? "/")
      : what < 0.5
        ? "/"
        : what < 0.8
          ? `/products/${page}`
          : what < 0.9
            ? `/search?q=red+shoes+${page}&page=${page % 7}`
            : `/api/items?limit=20&offset=${page}`
  // Old links and icons that are not there.
  const status = random() < 0.01 ? 404 : 200
  return { at, client, path, status, agent: browser(friend) }
}

const secrets = [".env", ".git/config", "backup.sql", ".htpasswd", ".aws/credentials", ".git/HEAD"]
const scanner = "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000562)"

function attack(kind: AttackKind, n: number): Pick<Line, "path" | "status" | "agent"> {
  const agent = browser(n)
  switch (kind) {
    case "crawl":
      return { path: `/products/${n}`, status: 200, agent: browser(0) }
    case "probing":
      return { path: `/old/page-${n}.php`, status: 404, agent }
    case "path traversal":
      return { path: `/download?file=${"../".repeat(3 + n)}etc/passwd`, status: 400, agent }
    case "sensitive files":
      return { path: `/${"app/".repeat(n >> 2)}${secrets[n % secrets.length]}`, status: 404, agent }
    case "SQL injection":
      return {
        path: `/item?id=${n}%20union%20select%20${"null,".repeat(n)}password%20from%20users--`,
        status: 200,
        agent,
      }
    case "cross-site scripting":
      return { path: `/search?q=${n}%3Cscript%3Ealert%28${n}%29%3C/script%3E`, status: 200, agent }
    case "scanner":
      return { path: `/page/${n}`, status: 200, agent: scanner }
  }
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (value: number) => String(value).padStart(2, "0")

function textOf({ at, client, path, status, agent }: Line): string {
  const date = new Date(at)
  const day = `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${client} - - [${day}:${time} +0000] "GET ${path} HTTP/1.1" ${status} ${path.length * 97} "-" "${agent}"\n`
}

/** Park and Miller's generator: the same numbers on every machine. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
