// The whole of Thwart on loopback: a shop behind the in-process guard, an attacker, a friend, the server and its console.
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { type AttackReport, runAttack } from "./attack.ts"
import { createClient, type FriendReport, listenForCallsHome, shopAsAFriend } from "./clients.ts"
import { createShop } from "./shop.ts"
import { startGuardedThwart } from "./thwart.ts"

const usage = `npm run demo [-- --once] [-- --json] [-- --port N]

  --once      run the attack once without waiting for anybody, print the summary and end
  --json      print the summary as one line of JSON (with --once)
  --port N    port of the console (default: 8470, or a free one when it is taken)
`
const attacker = "203.0.113.66"
const friend = "198.51.100.7"

interface Summary {
  readonly incident: string | null
  readonly stages: readonly string[]
  readonly timeToBlockMs: number | null
  readonly attackerRequests: number
  readonly attackerRefused: number
  readonly friendlyRequests: number
  readonly friendlyRefused: number
  readonly friendlyFailed: number
  readonly callsHome: number
  readonly stopped: boolean
}

const { values: flags } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    port: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
})

if (flags.help) process.stdout.write(usage)
else process.exitCode = await main()

async function main(): Promise<number> {
  const tell = (line: string) => process.stderr.write(`${line}\n`)
  const dataDir = mkdtempSync(join(tmpdir(), "thwart-demo-"))
  const thwart = await startGuardedThwart({ dataDir, port: flags.port === undefined ? undefined : Number(flags.port) })
  const shop = createServer(thwart.guard.wrap(createShop()))
  const home = await listenForCallsHome()
  try {
    const port = await listen(shop)
    tell(`The shop stands at http://127.0.0.1:${port}, guarded by Thwart.`)
    if (!flags.once) await invite(thwart, tell)
    const summary = await act({ port, home, thwart, pauseMs: flags.once ? 50 : 1500, tell })
    process.stdout.write(flags.json ? `${JSON.stringify(summary)}\n` : inWords(summary))
    if (!flags.once) {
      tell("\nThe console stays open until Ctrl-C.")
      await new Promise<void>((resolve) => process.once("SIGINT", resolve))
    }
    return summary.stopped ? 0 : 1
  } finally {
    shop.closeAllConnections()
    shop.close()
    home.close()
    await thwart.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Thwart = Awaited<ReturnType<typeof startGuardedThwart>>

async function invite(thwart: Thwart, tell: (line: string) => void): Promise<void> {
  tell(`The console: ${thwart.url}`)
  tell(`One-time sign-in: ${thwart.signInLink()}`)
  tell("The attack begins when you are signed in, or in 30 seconds.")
  for (let waitedMs = 0; waitedMs < 30_000 && thwart.watchers() === 0; waitedMs += 250) await sleep(250)
  await sleep(1500)
}

interface Stage {
  readonly port: number
  readonly home: Awaited<ReturnType<typeof listenForCallsHome>>
  readonly thwart: Thwart
  readonly pauseMs: number
  readonly tell: (line: string) => void
}

async function act({ port, home, thwart, pauseMs, tell }: Stage): Promise<Summary> {
  const shopping = new AbortController()
  const friendly = shopAsAFriend(
    createClient(port, friend, "Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0"),
    15,
    shopping.signal,
  )
  await sleep(200)
  const attack = await runAttack({
    send: createClient(port, attacker, "Mozilla/5.0 (compatible)"),
    home: home.url,
    pauseMs,
    onStep: (step) => tell(`  attacker · ${step}`),
    untilBlocked: async () => {
      await until(async () => (await thwart.blockOf(attacker)) !== undefined, 5000)
    },
  })
  // What was planted calls home by itself a moment after it was installed.
  await until(async () => (await thwart.incidentOf(attacker))?.complete === true, 5000)
  await sleep(300)
  shopping.abort()
  return summarise(thwart, attack, await friendly, home.calls())
}

async function summarise(
  thwart: Thwart,
  attack: AttackReport,
  friendly: FriendReport,
  callsHome: number,
): Promise<Summary> {
  const incident = await thwart.incidentOf(attacker)
  const blockedAt = await thwart.blockOf(attacker)
  return {
    incident: incident?.id ?? null,
    stages: incident?.stages.map(({ intent }) => intent) ?? [],
    timeToBlockMs: blockedAt === undefined ? null : blockedAt - attack.startedAt,
    attackerRequests: attack.requests,
    attackerRefused: attack.refused,
    friendlyRequests: friendly.requests,
    friendlyRefused: friendly.refused,
    friendlyFailed: friendly.failed,
    callsHome,
    stopped:
      incident?.complete === true &&
      blockedAt !== undefined &&
      attack.refused === attack.repeats &&
      friendly.requests > 0 &&
      friendly.refused === 0 &&
      friendly.failed === 0,
  }
}

function inWords(summary: Summary): string {
  const rows: readonly (readonly [string, string])[] = [
    ["stages seen", summary.stages.join(" → ") || "none"],
    ["first request to block", summary.timeToBlockMs === null ? "never blocked" : `${summary.timeToBlockMs} ms`],
    ["attacker refused", `${summary.attackerRefused} of ${summary.attackerRequests} requests`],
    ["friend refused", `${summary.friendlyRefused} of ${summary.friendlyRequests} requests`],
    ["verdict", summary.stopped ? "the attack was recognised and stopped, and no friend was hurt" : "NOT STOPPED"],
  ]
  return `\n${rows.map(([name, value]) => `  ${name.padEnd(24)} ${value}`).join("\n")}\n`
}

async function until(isTrue: () => Promise<boolean>, limitMs: number): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end && !(await isTrue()); ) await sleep(10)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return address !== null && typeof address === "object" ? address.port : 0
}
