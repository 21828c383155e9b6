import type { Latin1 } from "../../core/index.ts"

export interface FoundPhrase {
  readonly offset: number
  readonly length: number
}

/** Looks for many phrases at once, whatever the case of their ASCII letters, in one pass over the value (Aho-Corasick). */
export function createPhraseSearch(phrases: readonly Latin1[]): (value: Latin1) => FoundPhrase | undefined {
  const { classes, width, next, ends } = automaton(phrases)
  return (value) => {
    let state = 0
    for (let at = 0; at < value.length; at++) {
      state = next[state * width + (classes[value.charCodeAt(at) & 0xff] ?? 0)] ?? 0
      const length = ends[state] ?? 0
      if (length > 0) return { offset: at + 1 - length, length }
    }
    return undefined
  }
}

interface Automaton {
  /** Byte → class. Bytes that no phrase has are class 0, both cases of a letter are one: that keeps the table small. */
  readonly classes: Uint8Array
  readonly width: number
  /** State and class → state. */
  readonly next: Int32Array
  /** The length of the longest phrase that ends in a state; 0 for none. */
  readonly ends: Int32Array
}

function automaton(phrases: readonly Latin1[]): Automaton {
  const { classes, width } = classesOf(phrases)
  const children: Map<number, number>[] = [new Map()]
  const ends: number[] = [0]
  for (const phrase of phrases) {
    let state = 0
    for (let at = 0; at < phrase.length; at++) {
      const symbol = classes[phrase.charCodeAt(at) & 0xff] ?? 0
      let child = children[state]?.get(symbol)
      if (child === undefined) {
        child = children.length
        children.push(new Map())
        ends.push(0)
        children[state]?.set(symbol, child)
      }
      state = child
    }
    ends[state] = phrase.length
  }
  return { classes, width, ...link(children, ends, width) }
}

function classesOf(phrases: readonly Latin1[]): Pick<Automaton, "classes" | "width"> {
  const classes = new Uint8Array(256)
  let width = 1
  for (const phrase of phrases)
    for (let at = 0; at < phrase.length; at++) {
      const byte = folded(phrase.charCodeAt(at) & 0xff)
      if (classes[byte] === 0) classes[byte] = width++
    }
  for (let upper = 65; upper <= 90; upper++) classes[upper] = classes[upper + 32] ?? 0
  return { classes, width }
}

const folded = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

/** Fills the table breadth first, so that the state to fall back to is complete before it is needed. */
function link(
  children: readonly ReadonlyMap<number, number>[],
  ownEnds: readonly number[],
  width: number,
): Pick<Automaton, "next" | "ends"> {
  const next = new Int32Array(children.length * width)
  const ends = Int32Array.from(ownEnds)
  const fallback = new Int32Array(children.length)
  const queue = [0]
  for (const state of queue) {
    const back = fallback[state] ?? 0
    if (ends[state] === 0) ends[state] = ends[back] ?? 0
    for (let symbol = 0; symbol < width; symbol++) {
      const child = children[state]?.get(symbol)
      const onward = state === 0 ? 0 : (next[back * width + symbol] ?? 0)
      next[state * width + symbol] = child ?? onward
      if (child === undefined) continue
      fallback[child] = onward
      queue.push(child)
    }
  }
  return { next, ends }
}
