import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart } from "../../src/app/start.ts"
import { systemClock } from "../../src/core/index.ts"
import { startSink } from "../../src/notifications/testing/http-sink.ts"
import { alertOf } from "../support/alerts.ts"

let cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const task of cleanUp.reverse()) await task()
  cleanUp = []
})

async function house(playbooks: string, kinds: readonly string[]) {
  const dataDir = mkdtempSync(join(tmpdir(), "thwart-playbook-notices-"))
  cleanUp.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const sink = await startSink()
  cleanUp.push(sink.close)
  const file = join(dataDir, "playbooks.yaml")
  writeFileSync(file, playbooks)
  const targets = [{ name: "desk", kind: "webhook", url: sink.url, kinds }]
  const notifications = { publicUrl: "https://thwart.example.com", targets }
  const config = configSchema.parse({ listen: { port: 0 }, notifications, playbooks: [file] })
  const open = async () => {
    const onError = (error: unknown) => console.error(error)
    const thwart = await startThwart({ clock: systemClock, onError }, { config, dataDir })
    cleanUp.push(() => thwart.stop())
    return thwart
  }
  return { sink, open }
}

const notify = (target: string) => `
id: shop/injection
mode: automatic
on: { rule: 9500200 }
steps:
  - { comment: seen }
  - { notify: ${target}, text: Look at the shop. }
`

describe("a playbook that notifies", () => {
  it("reaches the target by HTTP once for each run, also over a restart", async () => {
    const { sink, open } = await house(notify("desk"), ["recommendation"])
    const attack = (n: number, attacker: string) => alertOf(n, "exploitation", { at: Date.now(), attacker })
    const again = [attack(1, "203.0.113.1"), attack(2, "203.0.113.1"), attack(3, "203.0.113.2")]
    const first = await open()
    await first.ingest(again)
    await sink.until(2)
    await first.stop()
    const second = await open()
    await second.ingest(again)
    await second.ingest([attack(4, "203.0.113.3")])
    await sink.until(3)
    const told = sink.received.map(({ text }) => JSON.parse(text))
    expect(told.map(({ type, data }) => [type, data.title, data.url]).sort()).toEqual(
      [1, 2, 3].map((last) => [
        "playbook",
        `Playbook shop/injection: 203.0.113.${last} at host web-1`,
        "https://thwart.example.com/playbooks",
      ]),
    )
    expect(told[0].data.text).toMatch(
      /^Look at the shop\. It was set off by \d alerts?\. .*skipped.*it is part of no incident/,
    )
  })

  it("does not start where it names a target that there is not", async () => {
    const { open } = await house(notify("dsk"), ["recommendation"])
    await expect(open()).rejects.toThrow(/there is no notification target "dsk"; there are: desk; did you mean desk\?/)
  })
})
