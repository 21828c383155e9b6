import type { Terminal } from "./deps.ts"
import { printable } from "./text.ts"

export interface ProgressBar {
  update(progress: { readonly file: string; readonly bytesRead: number; readonly bytesTotal: number }): void
  clear(): void
}

const barWidth = 30
const everyMs = 100

/** A bar on a terminal; nothing elsewhere. */
export function progressBar(terminal: Terminal, now: () => number = Date.now): ProgressBar {
  let shownAt = 0
  let shown = false
  return {
    update: ({ file, bytesRead, bytesTotal }) => {
      if (!terminal.isTty || now() - shownAt < everyMs) return
      shownAt = now()
      shown = true
      const share = bytesTotal === 0 ? 1 : Math.min(1, bytesRead / bytesTotal)
      const full = Math.round(share * barWidth)
      const name = printable(file).slice(-Math.max(10, terminal.columns - barWidth - 12))
      terminal.write(
        `\r\u001b[K[${"█".repeat(full)}${"░".repeat(barWidth - full)}] ${String(Math.floor(share * 100)).padStart(3)} % ${name}`,
      )
    },
    clear: () => {
      if (shown) terminal.write("\r\u001b[K")
      shown = false
    },
  }
}
