import { prefix, systemClock } from "../src/core/index.ts"
import { type Block, createNftablesEnforcer, type Operation } from "../src/enforcers/index.ts"
import type { Bench, Figure } from "./figure.ts"
import { inNamespace, peakOfChildren, spent } from "./namespace.ts"

const count = 100_000
const hourMs = 3_600_000

/** 100,000 addresses in the kernel: put there, moved, replaced and taken away, and one more beside them. */
export const nftables: Bench = async (onProgress) =>
  (await inNamespace("the nftables bench", measure(onProgress))) ?? []

function measure(onProgress: (text: string) => void) {
  return async (netns: string): Promise<readonly Figure[]> => {
    const { signal } = new AbortController()
    const enforcer = createNftablesEnforcer({ clock: systemClock }, { netns })
    const figures: Figure[] = []
    const apply = async (operations: readonly Operation[]) => {
      const outcomes = await enforcer.apply(operations, signal)
      const wrong = outcomes.find(({ kind }) => kind !== "applied")
      if (wrong !== undefined) throw new Error(`an operation is ${JSON.stringify(wrong)}`)
    }
    const step = async (what: string, key: string, task: () => Promise<unknown>) => {
      onProgress(what)
      const { ownSeconds, childSeconds } = await spent(task)
      figures.push({ what: `${what}: Thwart and nft`, value: (ownSeconds + childSeconds) * 1000, unit: "ms CPU", key })
    }
    const [first, second] = [blocksFrom(20), blocksFrom(40)]
    const nftPeakMb = await peakOfChildren(() => step("100,000 added", "nftAddMs", () => apply(all("add", first))))
    await step("one more block beside them", "nftOneMs", () => apply(all("add", second.slice(-1))))
    await step("100,000 given another end", "nftExtendMs", () => apply(all("extend", first.map(later))))
    await step("50,000 replaced by others", "nftReplaceMs", () =>
      apply([...all("remove", first.slice(0, count / 2)), ...all("add", second.slice(0, count / 2))]),
    )
    const listPeakMb = await peakOfChildren(() =>
      step("all read back with their counters", "nftObserveMs", () => enforcer.observe(signal)),
    )
    await step("100,000 taken away", "nftRemoveMs", () =>
      apply(all("remove", [...first.slice(count / 2), ...second.slice(0, count / 2)])),
    )
    return [
      ...figures,
      { what: "most memory of nft, adding", value: nftPeakMb, unit: "MB" },
      { what: "most memory of nft, reading", value: listPeakMb, unit: "MB" },
      { what: "memory of this process afterwards", value: process.memoryUsage.rss() / 2 ** 20, unit: "MB" },
    ]
  }
}

function blocksFrom(second: number): readonly Block[] {
  return Array.from({ length: count }, (_, index) => ({
    target: prefix(`10.${second + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`),
    direction: "inbound",
    expiresAt: Date.now() + hourMs,
  }))
}

function later(block: Block): Block {
  return { ...block, expiresAt: (block.expiresAt ?? 0) + hourMs }
}

function all(kind: "add" | "extend" | "remove", blocks: readonly Block[]): readonly Operation[] {
  return blocks.map((block) => ({ kind, block }))
}
