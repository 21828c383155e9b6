import { shareOf } from "./share.ts"

/** Before a literal: it stands at the start of the value. These two are no bytes. */
export const valueStart = "\u0100"
/** Behind a literal: it stands at the end of the value. */
export const valueEnd = "\u0101"

/**
 * Many literals looked for in one pass (Aho-Corasick), whatever the case of their ASCII letters. The states where benign text mostly
 * is have a full row of a table; the many others have lists of their children, which keeps it small enough for a processor's cache.
 *
 * States below `plain` have a row and nothing ends in them; those below `rows` have a row.
 */
export interface Automaton {
  /** Byte → symbol. Bytes that no literal has are symbol 0, both cases of a letter are one. */
  readonly symbols: Uint8Array
  readonly width: number
  /** The state in which a value begins, and the symbol of its end. */
  readonly start: number
  readonly end: number
  readonly plain: number
  readonly rows: number
  /** State with a row × width + symbol → state. */
  readonly next: Uint16Array | Uint32Array
  /** The same for any state. */
  step(state: number, symbol: number): number
  /** The literals (by their place in the list) that end in a state, at `state - plain`; undefined for none. */
  readonly ends: readonly (readonly number[] | undefined)[]
}

// With a hundred symbols the table has 600 kB, what a core's second cache holds beside other things.
const maxRows = 3000

export function createAutomaton(literals: readonly string[], rowLimit = maxRows): Automaton {
  const { symbols, width, shares } = symbolsOf(literals)
  const trie = createTrie(width, shares)
  for (const [index, literal] of literals.entries()) trie.insert(symbolsIn(literal, symbols, width), index)
  trie.finish()
  return numbered(trie, { symbols, width, rowLimit })
}

interface Alphabet {
  readonly symbols: Uint8Array
  readonly width: number
  /** How often benign text has a symbol. */
  readonly shares: Float64Array
}

function symbolsOf(literals: readonly string[]): Alphabet {
  const symbols = new Uint8Array(256)
  let width = 1
  for (const literal of literals)
    for (let at = 0; at < literal.length; at++) {
      const code = literal.charCodeAt(at)
      const byte = folded(code & 0xff)
      if (code < 256 && symbols[byte] === 0) symbols[byte] = width++
    }
  for (let upper = 65; upper <= 90; upper++) symbols[upper] = symbols[upper + 32] ?? 0
  // Two more for the ends of the value.
  const shares = new Float64Array(width + 2).fill(0.02)
  for (let byte = 0; byte < 256; byte++) shares[symbols[byte] ?? 0] = shareOf(folded(byte))
  return { symbols, width: width + 2, shares }
}

const folded = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

function symbolsIn(literal: string, symbols: Uint8Array, width: number): readonly number[] {
  const list: number[] = []
  for (let at = 0; at < literal.length; at++) {
    const code = literal.charCodeAt(at)
    list.push(code < 256 ? (symbols[code] ?? 0) : width - (literal.charAt(at) === valueStart ? 2 : 1))
  }
  return list
}

/** Nodes in the order in which they were made; 0 is the root. */
interface Trie {
  readonly symbol: readonly number[]
  readonly child: readonly number[]
  readonly sibling: readonly number[]
  readonly fallback: readonly number[]
  readonly likelihood: readonly number[]
  readonly ends: readonly (readonly number[] | undefined)[]
  childOf(node: number, symbol: number): number
  insert(symbols: readonly number[], index: number): void
  /** Finds every fallback, once all is inserted. */
  finish(): void
}

function createTrie(width: number, shares: Float64Array): Trie {
  const symbol = [0]
  const child = [0]
  const sibling = [0]
  const fallback = [0]
  const likelihood = [1]
  const ends: (number[] | undefined)[] = [undefined]
  // The root has many children; the others few.
  const ofRoot = new Uint32Array(width)
  const childOf = (node: number, wanted: number): number => {
    if (node === 0) return ofRoot[wanted] ?? 0
    let at = child[node] ?? 0
    while (at !== 0 && symbol[at] !== wanted) at = sibling[at] ?? 0
    return at
  }
  const add = (node: number, own: number): number => {
    const made = symbol.push(own) - 1
    child.push(0)
    sibling.push(child[node] ?? 0)
    fallback.push(0)
    likelihood.push((likelihood[node] ?? 0) * (shares[own] ?? 0))
    ends.push(undefined)
    child[node] = made
    if (node === 0) ofRoot[own] = made
    return made
  }
  const fallbackOf = (parent: number, own: number): number => {
    for (let node = parent; node !== 0; ) {
      node = fallback[node] ?? 0
      const found = childOf(node, own)
      if (found !== 0) return found
    }
    return 0
  }
  return {
    symbol,
    child,
    sibling,
    fallback,
    likelihood,
    ends,
    childOf,
    insert: (symbols, index) => {
      let node = 0
      for (const own of symbols) node = childOf(node, own) || add(node, own)
      ends[node] = [...(ends[node] ?? []), index]
    },
    finish: () => {
      // Breadth first: a fallback is nearer to the root, and so complete.
      const order = [0]
      for (const node of order)
        for (let at = child[node] ?? 0; at !== 0; at = sibling[at] ?? 0) {
          const back = fallbackOf(node, symbol[at] ?? 0)
          fallback[at] = back
          const behind = ends[back]
          if (behind !== undefined) ends[at] = [...(ends[at] ?? []), ...behind]
          order.push(at)
        }
    },
  }
}

function numbered(trie: Trie, { symbols, width, rowLimit }: Numbering): Automaton {
  const nodes = trie.symbol.map((_, node) => node)
  const likely = (node: number) => trie.likelihood[node] ?? 0
  const withRow = new Set(nodes.toSorted((one, other) => likely(other) - likely(one)).slice(0, rowLimit))
  const kind = (node: number) => (!withRow.has(node) ? 2 : trie.ends[node] === undefined ? 0 : 1)
  const order = nodes.toSorted((one, other) => kind(one) - kind(other) || one - other)
  const number = new Uint32Array(nodes.length)
  for (const [index, node] of order.entries()) number[node] = index
  const plain = order.filter((node) => kind(node) === 0).length
  const rows = withRow.size
  const renumbered = (of: readonly number[]) => Uint32Array.from(order, (node) => number[of[node] ?? 0] ?? 0)
  const child = renumbered(trie.child)
  const sibling = renumbered(trie.sibling)
  const fallback = renumbered(trie.fallback)
  const symbolOf = Uint8Array.from(order, (node) => trie.symbol[node] ?? 0)
  const root = number[0] ?? 0
  const next = order.length <= 65_536 ? new Uint16Array(rows * width) : new Uint32Array(rows * width)
  const walk = (state: number, symbol: number): number => {
    for (let from = order[state] ?? 0; ; from = trie.fallback[from] ?? 0) {
      const to = trie.childOf(from, symbol)
      if (to !== 0 || from === 0) return number[to] ?? 0
    }
  }
  for (let state = 0; state < rows; state++)
    for (let symbol = 0; symbol < width; symbol++) next[state * width + symbol] = walk(state, symbol)
  return {
    symbols,
    width,
    start: walk(root, width - 2),
    end: width - 1,
    plain,
    rows,
    next,
    ends: order.slice(plain).map((node) => trie.ends[node]),
    step: stepThrough({ child, sibling, fallback, symbolOf, next, rows, width, root }),
  }
}

interface Numbering extends Pick<Alphabet, "symbols" | "width"> {
  readonly rowLimit: number
}

interface Table {
  readonly child: Uint32Array
  readonly sibling: Uint32Array
  readonly fallback: Uint32Array
  readonly symbolOf: Uint8Array
  readonly next: Uint16Array | Uint32Array
  readonly rows: number
  readonly width: number
  readonly root: number
}

/** By itself, so that it does not keep alive what the table was made from. */
function stepThrough({ child, sibling, fallback, symbolOf, next, rows, width, root }: Table): Automaton["step"] {
  return (state, symbol) => {
    let from = state
    while (from >= rows) {
      for (let to = child[from] ?? root; to !== root; to = sibling[to] ?? root) if (symbolOf[to] === symbol) return to
      from = fallback[from] ?? root
    }
    return next[from * width + symbol] ?? root
  }
}
