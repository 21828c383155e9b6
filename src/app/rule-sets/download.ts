import { ThwartError } from "../../core/index.ts"

export interface DownloadDeps {
  readonly fetch: typeof fetch
  /** `bytesTotal` is 0 where the server does not say it. */
  readonly onProgress: (progress: { readonly bytesRead: number; readonly bytesTotal: number }) => void
  readonly signal: AbortSignal
}

export interface DownloadLimits {
  readonly bytes: number
  /** Without an answer, or without a further byte of it. */
  readonly idleMs: number
}

// GitHub answers with one; mirrors with two or three.
const maxRedirects = 5

/**
 * What a URL answers, followed through redirects; throws THWART_FETCH_FAILED for another answer than 200, and at the limits.
 * Unencrypted HTTP is refused unless `mayBePlain`: whoever is on the way could change the rules.
 */
export async function download(
  from: URL,
  { fetch: ask, onProgress, signal }: DownloadDeps,
  { bytes: limit, idleMs, mayBePlain }: DownloadLimits & { readonly mayBePlain: boolean },
): Promise<Buffer> {
  const idle = createIdle(idleMs)
  try {
    const options = {
      redirect: "manual",
      signal: AbortSignal.any([signal, idle.signal]),
      headers: { "user-agent": "thwart", "accept-encoding": "identity" },
    } as const
    const answer = await follow(from, mayBePlain, (url) => ask(url, options))
    const bytesTotal = Number(answer.headers.get("content-length") ?? 0) || 0
    if (bytesTotal > limit) throw failed(from, `has ${bytesTotal} bytes, more than the limit of ${limit}`)
    const chunks: Uint8Array[] = []
    let bytesRead = 0
    for await (const chunk of answer.body ?? []) {
      idle.again()
      bytesRead += chunk.length
      if (bytesRead > limit) throw failed(from, `has more than the limit of ${limit} bytes`)
      chunks.push(chunk)
      onProgress({ bytesRead, bytesTotal })
    }
    return Buffer.concat(chunks)
  } catch (cause) {
    if (cause instanceof ThwartError) throw cause
    if (idle.signal.aborted) throw failed(from, `sent nothing for ${idleMs / 1000} s`, cause)
    throw failed(from, "could not be downloaded", cause)
  } finally {
    idle.end()
  }
}

async function follow(from: URL, mayBePlain: boolean, ask: (url: URL) => Promise<Response>): Promise<Response> {
  let url = from
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (!mayBePlain && url.protocol !== "https:" && !isLoopback(url))
      throw failed(url, "is not encrypted; name the archive's --sha256 to fetch it all the same")
    const answer = await ask(url)
    if (answer.status === 200) return answer
    await answer.body?.cancel()
    const to = answer.headers.get("location")
    if (answer.status < 300 || answer.status > 399 || to === null)
      throw failed(url, `answered ${`${answer.status} ${answer.statusText}`.trim()}; is there such a version?`)
    if (!URL.canParse(to, url.href)) throw failed(url, `leads to "${to.slice(0, 200)}", which is no URL`)
    url = new URL(to, url)
    if (!/^https?:$/.test(url.protocol)) throw failed(from, `leads to ${url.protocol}, which is not taken`)
  }
  throw failed(from, `leads on more than ${maxRedirects} times`)
}

const isLoopback = ({ hostname }: URL) => /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname)

/** What may be told and written down of a URL: its query may hold a secret. */
export const publicUrl = ({ origin, pathname }: URL): string => origin + pathname

const failed = (url: URL, what: string, cause?: unknown) =>
  new ThwartError("THWART_FETCH_FAILED", `${publicUrl(url)} ${what}`, cause === undefined ? {} : { cause })

/** Aborts when nobody says `again` for so long. */
function createIdle(ms: number) {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), ms)
  return { signal: controller.signal, again: () => timer.refresh(), end: () => clearTimeout(timer) }
}
