import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { createSecrets } from "../../outbound/index.ts"
import { notificationsConfig } from "../config.ts"
import { hostile, noticeOf, start } from "../testing/samples.ts"
import { createTarget } from "./index.ts"

const signal = new AbortController().signal
const link = "https://thwart.example.com/incidents/inc_a"
const readFile = (path: string) => readFileSync(path, "utf8")
let folder: string
let server: SMTPServer | undefined

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "thwart-mail-"))
  const asked = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1`
  execFileSync("openssl", [...asked.split(" "), "-keyout", join(folder, "key"), "-out", join(folder, "cert")], {
    stdio: "ignore",
  })
})
afterEach(async () => {
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
  server = undefined
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Mail {
  readonly text: string
  readonly from: string
  readonly to: readonly string[]
  readonly secure: boolean
}

/** A real SMTP server that keeps what it takes. */
async function startServer(
  options: SMTPServerOptions = {},
): Promise<{ readonly port: number; readonly mails: readonly Mail[] }> {
  const mails: Mail[] = []
  const started = new SMTPServer({
    key: readFile(join(folder, "key")),
    cert: readFile(join(folder, "cert")),
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === "thwart" && password === "correct horse"
        ? done(null, { user: username })
        : done(Object.assign(new Error("wrong password"), { responseCode: 535 })),
    onData: async (stream, session, done) => {
      const parts: Buffer[] = []
      for await (const part of stream) parts.push(part as Buffer)
      const { mailFrom, rcptTo } = session.envelope
      mails.push({
        text: Buffer.concat(parts).toString("utf8"),
        from: mailFrom === false ? "" : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        secure: session.secure,
      })
      done()
    },
    ...options,
  })
  started.on("error", () => undefined)
  server = started
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve))
  const bound = started.server.address()
  return { port: bound !== null && typeof bound === "object" ? bound.port : 0, mails }
}

function mailTo(port: number, settings: object = {}, password = "correct horse") {
  const secrets = createSecrets({ env: { PASSWORD: password }, readFile })
  const addresses = { from: "thwart@example.com", to: ["soc@example.com", "boss@example.com"] }
  const common = { name: "mail", kind: "email", host: "127.0.0.1", port, ...addresses }
  const login = { user: "thwart", password: { env: "PASSWORD" }, caFile: join(folder, "cert") }
  const [config] = notificationsConfig.parse({ targets: [{ ...common, ...login, ...settings }] }).targets
  if (config === undefined) throw new Error("no target")
  return createTarget({ fetch, now: () => start, secrets, readFile }, config)
}

const message = { id: "dlv_1", notice: noticeOf(), link }

describe("mail", () => {
  it("is sent over STARTTLS, signed in, as plain text with the link, once to each", async () => {
    const { port, mails } = await startServer()
    expect(await mailTo(port).send(message, signal)).toEqual({ kind: "sent" })
    const [mail] = mails
    expect([mails.length, mail?.secure, mail?.from, mail?.to]).toEqual([
      1,
      true,
      "thwart@example.com",
      ["soc@example.com", "boss@example.com"],
    ])
    for (const line of [
      /^Subject: \[thwart\] High incident opened: Attack chain in progress\r$/m,
      /^Message-ID: <dlv_1@example\.com>\r$/im,
      /^References: <inc_a@example\.com>\r$/m,
      /^Auto-Submitted: auto-generated\r$/m,
      /^Content-Type: text\/plain/m,
      /^Attacker: 203\.0\.113\.66\r$/m,
      /^https:\/\/thwart\.example\.com\/incidents\/inc_a\r$/m,
    ])
      expect(mail?.text).toMatch(line)
  })

  it("is sent over TLS from the start", async () => {
    const { port, mails } = await startServer({ secure: true })
    expect(await mailTo(port, { security: "tls" }).send(message, signal)).toEqual({ kind: "sent" })
    expect(mails.map(({ secure }) => secure)).toEqual([true])
  })

  it("has no header and no recipient that an attacker wrote", async () => {
    const { port, mails } = await startServer()
    const notice = noticeOf({ title: `x\r\nBcc: evil@example.com\r\n\r\nbody ${hostile}`, text: hostile })
    expect(await mailTo(port).send({ ...message, notice }, signal)).toEqual({ kind: "sent" })
    expect(mails[0]?.to).toEqual(["soc@example.com", "boss@example.com"])
    const head = mails[0]?.text.split("\r\n\r\n")[0] ?? ""
    expect(head).not.toMatch(/^Bcc:/im)
    expect(head).toContain("Auto-Submitted: auto-generated")
  })

  it("sends nothing, and no password, to a server without STARTTLS or with another certificate", async () => {
    const plain = await startServer({ disabledCommands: ["STARTTLS"], authOptional: true })
    expect(await mailTo(plain.port).send(message, signal)).toMatchObject({ kind: "failed" })
    expect(plain.mails).toEqual([])
    await new Promise<void>((resolve) => server?.close(() => resolve()))
    let asked = 0
    const other = await startServer({
      onAuth: (_auth, _session, done) => {
        asked++
        done(null, { user: "x" })
      },
    })
    const result = await mailTo(other.port, { caFile: null }).send(message, signal)
    expect(result).toMatchObject({ kind: "failed", reason: expect.stringMatching(/self.signed/) })
    expect([asked, other.mails]).toEqual([0, []])
  })

  it("tells what may pass from what will not", async () => {
    const refusing = (responseCode: number): SMTPServerOptions => ({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error("no"), { responseCode })),
    })
    for (const [code, again] of [
      [451, true],
      [550, false],
    ] as const) {
      const { port } = await startServer(refusing(code))
      expect([code, await mailTo(port).send(message, signal)]).toMatchObject([code, { kind: "failed", again }])
      await new Promise<void>((resolve) => server?.close(() => resolve()))
    }
    const { port } = await startServer()
    const wrong = await mailTo(port, {}, "another password").send(message, signal)
    expect(wrong).toMatchObject({ kind: "failed", again: false, reason: expect.stringContaining("535") })
    expect(JSON.stringify(wrong)).not.toContain("another password")
    expect(await mailTo(1).send(message, signal)).toMatchObject({ kind: "failed", again: true })
  })

  it("is not waited for by who stops", async () => {
    const { port, mails } = await startServer({ onData: () => undefined })
    const stopping = new AbortController()
    const sending = mailTo(port).send(message, stopping.signal)
    setTimeout(() => stopping.abort(), 100)
    expect(await sending).toEqual({ kind: "failed", reason: "Thwart is stopping", again: true })
    expect(mails).toEqual([])
  })

  it("is not set up with a password that would go in the clear", () => {
    expect(() => mailTo(25, { security: "none", host: "mail.example.com" })).toThrow(/in the clear/)
    expect(() => mailTo(25, { user: null })).toThrow(/go together/)
  })
})
