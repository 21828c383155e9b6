import type { Transporter } from "nodemailer"
import { messageOf } from "../../core/index.ts"
import { isLoopback, shown } from "../../outbound/index.ts"
import type { CreateTarget, Message, SendResult } from "./target.ts"

// A server that is slow on purpose (greylisting, tarpits) answers within half a minute.
const timeoutMs = 30_000

/** Mail by SMTP, as plain text: nothing in it can be markup. */
export const createEmail: CreateTarget<"email"> = ({ secrets, readFile }, config) => {
  const { host, port, security, user, from, to } = config
  if ((user === null) !== (config.password === null)) throw new Error("user and password go together")
  if (security === "none" && user !== null && !isLoopback(host))
    throw new Error("security: none would send the password in the clear; use starttls or tls")
  const password = config.password === null ? undefined : secrets.resolve(config.password)
  const options = {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(config.caFile === null ? {} : { tls: { ca: readFile(config.caFile) } }),
    ...(user === null || password === undefined ? {} : { auth: { user, pass: password.reveal() } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  let transport: Transporter | undefined
  // It takes a tenth of a second to load, which no command shall wait for that sends no mail.
  const opened = async () => {
    transport ??= (await import("nodemailer")).createTransport(options)
    return transport
  }
  return {
    destination: `${to.join(", ")} by ${host}:${port}`,
    send: async (message, signal) => {
      try {
        const sent = (await opened()).sendMail({ from, to, ...mailOf(message, from) })
        await orStopping(sent, signal)
        return { kind: "sent" }
      } catch (error) {
        return failed(error)
      }
    },
    close: () => transport?.close(),
  }
}

/** Mails of one incident stand together, and one that comes twice has the same id. */
export function mailOf({ id, notice, link }: Message, from: string) {
  const domain = from.slice(from.lastIndexOf("@") + 1)
  const facts = notice.facts.map(({ name, value }) => `${name}: ${value}`)
  return {
    subject: `[thwart] ${notice.title}`,
    messageId: `<${id}@${domain}>`,
    references: `<${notice.subject}@${domain}>`,
    // RFC 3834: nobody's absence answers to it.
    headers: { "Auto-Submitted": "auto-generated" },
    text: [notice.text, "", ...facts, ...(link === null ? [] : ["", link]), ""].join("\n"),
  }
}

/** 5xx says that the same mail will be refused again (RFC 5321 §4.2.1); but a server that can't be reached or refuses for now may not. */
function failed(error: unknown): SendResult {
  // The cast holds: what is no such error has no such member.
  const code = (error as { readonly responseCode?: unknown } | null)?.responseCode
  const again = !(typeof code === "number" && code >= 500)
  return { kind: "failed", reason: shown(messageOf(error)), again }
}

/** SMTP knows no abort: who stops waits for it no longer, and a failure of it is nobody's then. */
async function orStopping(sent: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(new Error("Thwart is stopping"))
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    await Promise.race([sent, promise])
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}
