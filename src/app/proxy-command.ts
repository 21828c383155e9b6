import type { CliDeps } from "../cli/index.ts"
import { messageOf, ThwartError } from "../core/index.ts"
import { guardOf } from "./guards/guard.ts"
import { startProxy } from "./proxy.ts"

// As long as a slow report takes.
const answerMs = 60_000

export const runProxy: CliDeps["proxy"] = async (options, on, signal) => {
  const { rules, paranoiaLevel, dataDir, allow, trustedProxies, mode, failMode } = options
  const to = urlOf(options.to)
  const { host, port } = listenOf(options.listen)
  const guard = guardOf({
    mode,
    failMode,
    allow,
    trustedProxies,
    rules,
    ...(paranoiaLevel === undefined ? {} : { paranoiaLevel }),
    ...(dataDir === undefined ? {} : { dataDir }),
    onAlert: on.onAlert,
    onError: (error) => on.onError(messageOf(error)),
  })
  const proxy = await startProxy(guard, { to, host, port, answerMs })
  on.onReady(proxy.url)
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
  await proxy.stop()
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw new ThwartError("THWART_USAGE", `--to "${text}" is not the URL of an application (http://127.0.0.1:3000)`)
}

function listenOf(text: string): { readonly host: string; readonly port: number } {
  const [, six, four, port = ""] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = six ?? four
  if (host === undefined || Number(port) > 65_535)
    throw new ThwartError("THWART_USAGE", `--listen "${text}" is not an address and a port (127.0.0.1:8080)`)
  return { host, port: Number(port) }
}
