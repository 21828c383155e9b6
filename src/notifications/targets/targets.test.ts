import { createHmac } from "node:crypto"
import { afterEach, describe, expect, it } from "vitest"
import type { Notice } from "../../core/index.ts"
import { createSecrets, signedHeaders, signingKeys } from "../../outbound/index.ts"
import { notificationsConfig } from "../config.ts"
import { startSink } from "../testing/http-sink.ts"
import { hostile, noticeOf, start } from "../testing/samples.ts"
import { createTarget } from "./index.ts"
import { pagerDutyAction } from "./pagerduty.ts"
import { slackMessage } from "./slack.ts"

const key = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
const signal = new AbortController().signal
const link = "https://thwart.example.com/incidents/inc_a"
let sink: Awaited<ReturnType<typeof startSink>> | undefined

afterEach(() => sink?.close())

function targetOf(settings: object, env: Readonly<Record<string, string>> = {}) {
  const secrets = createSecrets({ env, readFile: () => "" })
  const [config] = notificationsConfig.parse({ targets: [{ name: "soc", ...settings }] }).targets
  if (config === undefined) throw new Error("no target")
  return createTarget({ fetch, now: () => start, secrets, readFile: () => "" }, config)
}

const kinds = ["slack", "teams", "pagerduty", "webhook"] as const

/** A target of each kind that speaks HTTP, at one address. */
function targetAt(kind: (typeof kinds)[number], url: string) {
  switch (kind) {
    case "slack":
    case "teams":
      return targetOf({ kind, url: { env: "URL" } }, { URL: `${url}/services/T0/B0/secret-part` })
    case "pagerduty":
      return targetOf({ kind, url: `${url}/v2/enqueue`, routingKey: { env: "KEY" } }, { KEY: "R0123456789" })
    case "webhook":
      return targetOf({ kind, url: `${url}/hook`, secret: { env: "KEY" } }, { KEY: key })
  }
}

async function sentBy(kind: (typeof kinds)[number], overrides: Partial<Notice> = {}) {
  sink = await startSink()
  expect(await targetAt(kind, sink.url).send({ id: "dlv_1", notice: noticeOf(overrides), link }, signal)).toEqual({
    kind: "sent",
  })
  const [first] = sink.received
  if (first === undefined) throw new Error("nothing was received")
  return { ...first, body: JSON.parse(first.text) }
}

describe("Slack", () => {
  it("gets blocks of plain text with a button", async () => {
    const { path, body } = await sentBy("slack")
    expect(path).toBe("/services/T0/B0/secret-part")
    expect(body.blocks.map(({ type }: { type: string }) => type)).toEqual(["header", "section", "section", "actions"])
    expect(body.blocks[3].elements[0].url).toBe(link)
  })

  it("reads nothing of what attackers wrote as a mention, a link or markup", async () => {
    const { body } = await sentBy("slack", { title: hostile, text: hostile, facts: [{ name: "x", value: hostile }] })
    expect(JSON.stringify(body)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
    expect(body.mrkdwn).toBe(false)
    const texts = JSON.stringify(body).match(/"type":"(plain_text|mrkdwn)"/g) ?? []
    expect(new Set(texts)).toEqual(new Set(['"type":"plain_text"']))
  })

  it("gets no text that is longer than it takes, and no half of an entity", () => {
    for (let length = 140; length < 160; length++) {
      const notice = noticeOf({ title: `${"x".repeat(length)}&&&&&`, text: "<".repeat(5000) })
      const { blocks } = slackMessage({ id: "dlv_1", notice, link: null })
      const texts = JSON.parse(JSON.stringify(blocks)).map(({ text }: { text?: { text: string } }) => text?.text ?? "")
      expect(texts[0].length).toBeLessThanOrEqual(150)
      expect(texts[1].length).toBeLessThanOrEqual(3000)
      for (const text of texts) expect(text).toMatch(/^(?:[^&<>]|&amp;|&lt;|&gt;)*$/)
    }
  })
})

describe("Teams", () => {
  it("gets an Adaptive Card whose texts know no Markdown", async () => {
    const { body } = await sentBy("teams", { title: hostile, text: hostile, facts: [{ name: "x", value: hostile }] })
    const { contentType, content } = body.attachments[0]
    expect([body.type, contentType]).toEqual(["message", "application/vnd.microsoft.card.adaptive"])
    expect(content.body.map(({ type }: { type: string }) => type)).toEqual(Array(3).fill("RichTextBlock"))
    expect(content.body[1].inlines).toEqual([{ type: "TextRun", text: hostile }])
    expect(content.actions).toEqual([{ type: "Action.OpenUrl", title: "Open in Thwart", url: link }])
  })

  it("stays under its limit of 28 KB with the longest notice", async () => {
    const facts = Array.from({ length: 6 }, () => ({ name: "x".repeat(30), value: "😀".repeat(150) }))
    const { text } = await sentBy("teams", { title: "😀".repeat(100), text: "😀".repeat(750), facts })
    expect(Buffer.byteLength(text)).toBeLessThan(28_000)
  })
})

describe("PagerDuty", () => {
  it("gets an event with the key of the incident", async () => {
    const { body } = await sentBy("pagerduty", { text: hostile })
    expect(body).toMatchObject({
      routing_key: "R0123456789",
      event_action: "trigger",
      dedup_key: "thwart/inc_a",
      client_url: link,
      payload: {
        severity: "error",
        source: "thwart",
        class: "incident-opened",
        timestamp: new Date(start).toISOString(),
      },
    })
    expect(body.payload.summary).toContain(hostile.slice(0, 20))
  })

  it("opens and resolves", () => {
    const cases = [
      ["incident-opened", null, "trigger", "trigger"],
      ["incident-grown", null, "trigger", "trigger"],
      ["incident-contained", null, undefined, "resolve"],
      ["incident-reopened", null, "trigger", "trigger"],
      ["incident-closed", null, "resolve", "resolve"],
      ["countermeasure-failed", null, "trigger", "trigger"],
      ["countermeasure-applied", null, undefined, undefined],
      ["countermeasure-applied", "countermeasure-failed", "resolve", "resolve"],
      ["countermeasure-ended", "countermeasure-applied", undefined, undefined],
      ["countermeasure-ended", "countermeasure-failed", "resolve", "resolve"],
      ["recommendation", null, undefined, undefined],
      ["playbook", null, "trigger", "trigger"],
      ["digest", null, "trigger", "trigger"],
    ] as const
    expect(cases).toHaveLength(13)
    for (const [kind, follows, closed, contained] of cases) {
      expect([kind, follows, pagerDutyAction({ kind, follows }, "closed")]).toEqual([kind, follows, closed])
      expect([kind, follows, pagerDutyAction({ kind, follows }, "contained")]).toEqual([kind, follows, contained])
    }
  })

  it("is left with nothing open by a test", async () => {
    await sentBy("pagerduty", { kind: "test", subject: "test_soc" })
    const events = sink?.received.map(({ text }) => JSON.parse(text)) ?? []
    expect(events.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual([
      ["trigger", "thwart/test_soc"],
      ["resolve", "thwart/test_soc"],
    ])
  })
})

describe("a webhook", () => {
  it("is signed as Standard Webhooks says", async () => {
    const { headers, text, body } = await sentBy("webhook", { text: hostile })
    const signed = `dlv_1.${start / 1000}.${text}`
    expect(headers["webhook-id"]).toBe("dlv_1")
    expect(headers["webhook-timestamp"]).toBe(String(start / 1000))
    expect(headers["webhook-signature"]).toBe(
      `v1,${createHmac("sha256", Buffer.alloc(32, 7)).update(signed).digest("base64")}`,
    )
    expect(body).toMatchObject({ type: "incident.opened", data: { subject: "inc_a", text: hostile, url: link } })
  })

  it("has the signature that other implementations have", () => {
    const keys = signingKeys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    const body = '{"test": 2432232314}'
    const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: 1_614_265_330_999, body }
    expect(signedHeaders(keys, message)["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    const both = signedHeaders(signingKeys(`${key}\n${key}`), message)["webhook-signature"]?.split(" ") ?? []
    expect([both.length, new Set(both).size]).toEqual([2, 1])
  })

  it("is made with no secret that is too short or no base64, and does not show it", () => {
    for (const secret of ["short-secret", "whsec_c2hvcnQ=", `whsec_${"!".repeat(40)}`]) {
      expect(() =>
        targetOf({ kind: "webhook", url: "https://a.example", secret: { env: "S" } }, { S: secret }),
      ).toThrow(/24 to 64 bytes/)
      try {
        signingKeys(secret)
      } catch (error) {
        expect(String(error)).not.toContain(secret)
      }
    }
  })
})

describe("every target that speaks HTTP", () => {
  it("follows no redirect, and says so", async () => {
    for (const kind of kinds) {
      const other = await startSink()
      sink = await startSink(() => ({ status: 307, headers: { location: other.url } }))
      const result = await targetAt(kind, sink.url).send({ id: "dlv_1", notice: noticeOf(), link }, signal)
      expect([kind, result]).toEqual([
        kind,
        { kind: "failed", reason: "answered 307: redirects are not followed", again: false },
      ])
      expect(other.received).toEqual([])
      await Promise.all([other.close(), sink.close()])
    }
  })

  it("tells what may pass from what will not", async () => {
    const cases = [
      [200, true, false],
      [202, true, false],
      [400, false, false],
      [401, false, false],
      [404, false, false],
      [408, false, true],
      [410, false, false],
      [413, false, false],
      [429, false, true],
      [500, false, true],
      [503, false, true],
    ] as const
    expect(cases).toHaveLength(11)
    for (const [status, sent, again] of cases) {
      sink = await startSink(() => ({
        status,
        text: `no\u001b[2J${"x".repeat(5000)}`,
        headers: { "retry-after": "7" },
      }))
      const result = await targetAt("webhook", sink.url).send({ id: "d", notice: noticeOf(), link }, signal)
      await sink.close()
      if (sent) expect([status, result]).toEqual([status, { kind: "sent" }])
      else {
        expect([status, result]).toMatchObject([status, { kind: "failed", again, afterMs: 7000 }])
        expect(JSON.stringify(result)).toContain(`answered ${status}: no\\\\x1b[2Jxxx`)
        expect(JSON.stringify(result).length).toBeLessThan(500)
      }
    }
  })

  it("tries again what could not be reached", async () => {
    const gone = await startSink()
    await gone.close()
    sink = await startSink(() => "hang up")
    for (const url of [sink.url, gone.url])
      expect(await targetAt("slack", url).send({ id: "d", notice: noticeOf(), link }, signal)).toMatchObject({
        kind: "failed",
        again: true,
      })
  })

  it("speaks no plain http to other machines unless it may, and takes no password in an address", () => {
    const make = (url: string, more: object = {}) => targetOf({ kind: "slack", url: { env: "U" }, ...more }, { U: url })
    expect(make("https://hooks.slack.com/services/secret-part").destination).toBe("hooks.slack.com")
    expect(make("http://10.0.0.7/secret-part", { insecure: true }).destination).toBe("10.0.0.7")
    const bad = [
      "http://10.0.0.7/secret-part",
      "ftp://a.example/secret-part",
      "secret-part",
      "https://u:secret-part@a.example/",
    ]
    expect(bad).toHaveLength(4)
    for (const url of bad) {
      expect(() => make(url)).toThrow(/^url: /)
      expect(() => make(url)).not.toThrow(/secret-part/)
    }
  })
})
