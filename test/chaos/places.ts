import type { ChildProcess } from "node:child_process"
import { address, systemClock } from "../../src/core/index.ts"
import { createLab } from "../e2e/support/netns.ts"
import type { Pledge } from "./promises.ts"
import { createMemoryTarget, type Standing } from "./target.ts"
import type { TargetPlace } from "./world.ts"

/** In the test's own memory. */
export function inMemory(pledge: Pledge): TargetPlace {
  const trespasses: string[] = []
  const target = createMemoryTarget({
    kernelClock: systemClock,
    wallClock: systemClock,
    onStand: ({ target: who }) => {
      if (pledge.isFriend(who.replace("/32", ""))) trespasses.push(`${who} was put in force, and is a friend`)
    },
  })
  return {
    netns: null,
    target,
    standing: async () => target.standing(),
    trespasses: () => trespasses,
    flush: target.flush,
    close: () => undefined,
  }
}

let made = 0

/** In the kernel, in a network namespace of its own; `nft monitor` tells of everything that ever stands there. */
export function inKernel(pledge: Pledge): TargetPlace {
  const lab = createLab(`chaos${++made}`, [])
  const trespasses: string[] = []
  const monitor: ChildProcess = lab.start("host", "nft", "monitor", "new", "elements")
  monitor.stdout?.on("data", (text: Buffer) => {
    for (const [who] of text.toString("latin1").matchAll(/\d+\.\d+\.\d+\.\d+/g))
      if (pledge.isFriend(who)) trespasses.push(`${who} was put in force, and is a friend`)
  })
  const nothing = () => Promise.reject(new Error("the server speaks to the kernel itself"))
  // Turn by turn: the entries alone, and every table.
  const ways = [
    ["flush", "set", "inet", "thwart", "inbound4"],
    ["flush", "ruleset"],
  ] as const
  let flushes = 0
  return {
    netns: lab.host,
    target: { observe: nothing, apply: nothing },
    standing: async () => standingIn(lab.run("host", "nft", "-j", "list", "ruleset")),
    trespasses: () => trespasses,
    flush: () => void lab.run("host", "nft", ...(ways[flushes++ % 2] ?? [])),
    close: lab.close,
  }
}

interface Listed {
  readonly set?: { readonly name: string; readonly elem?: readonly (string | { readonly elem: Element })[] }
}
interface Element {
  readonly val: string
  readonly expires?: number
}

/** Read apart from how Thwart reads it. */
function standingIn(ruleset: string): readonly Standing[] {
  // The cast holds: it is what nft prints; an element of another shape makes `address` throw.
  const { nftables } = JSON.parse(ruleset) as { readonly nftables: readonly Listed[] }
  return nftables.flatMap(({ set }) =>
    (set?.elem ?? []).map((listed) => {
      const { val, expires }: Element = typeof listed === "string" ? { val: listed } : listed.elem
      const key = `${/^(in|out)bound/.exec(set?.name ?? "")?.[0]} ${address(val)}/32`
      return { key, endsAt: expires === undefined ? null : Date.now() + expires * 1000 }
    }),
  )
}
