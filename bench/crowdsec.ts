import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hasCrowdsec, type Run, runCrowdsec } from "./access-log/crowdsec-run.ts"
import { writeAccessLog } from "./access-log/log.ts"
import { runThwart } from "./access-log/thwart-run.ts"
import type { Bench, Figure } from "./figure.ts"

// The whole comparison has 500,000 lines (THWART_BENCH_LINES=500000), for which the peer takes a quarter of an hour.
const lines = Number(process.env["THWART_BENCH_LINES"] ?? 50_000)

/** One access log, 2 % of it attacks, through Thwart's server and through CrowdSec with its scenarios for the same attacks. */
export const crowdsec: Bench = async (onProgress) => {
  const folder = mkdtempSync(join(tmpdir(), "thwart-bench-log-"))
  try {
    const log = join(folder, "access.log")
    const attackers = await writeAccessLog(log, lines)
    const figures = (who: string, { cpuSeconds, peakBytes, found }: Run): readonly Figure[] => [
      { what: `${who}, lines`, value: lines / cpuSeconds, unit: "lines/CPU-s" },
      { what: `${who}, memory at its peak`, value: peakBytes / 1e6, unit: "MB" },
      {
        what: `${who}, attackers found of ${attackers.size}`,
        value: [...attackers.keys()].filter((address) => found.has(address)).length,
        unit: "",
      },
      {
        what: `${who}, others taken for attackers`,
        value: [...found].filter((address) => !attackers.has(address)).length,
        unit: "",
      },
    ]
    onProgress(`Thwart over ${lines.toLocaleString("en")} lines`)
    const ours = await runThwart(log, lines)
    if (!hasCrowdsec) {
      onProgress("CrowdSec is not installed (Debian: crowdsec), so there is no comparison")
      return figures("Thwart", ours)
    }
    onProgress(`CrowdSec over the same lines; it takes some ${Math.round(lines / 500)} s`)
    const peer = await runCrowdsec(log)
    return [
      ...figures("Thwart", ours),
      ...figures("CrowdSec", peer),
      {
        what: "lines per CPU-second, of CrowdSec's",
        value: peer.cpuSeconds / ours.cpuSeconds,
        unit: "times",
        key: "vs_crowdsec",
      },
      { what: "memory, of CrowdSec's", value: (100 * ours.peakBytes) / peer.peakBytes, unit: "%" },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
