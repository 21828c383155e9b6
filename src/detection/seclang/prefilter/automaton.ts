/** Before a literal: it stands at the start of the value. These two are no bytes. */
export const valueStart = "\u0100"
/** Behind a literal: it stands at the end of the value. */
export const valueEnd = "\u0101"

/**
 * Many literals looked for in one pass (Aho-Corasick), whatever the case of their ASCII letters. States near the root, where benign
 * text stays, have a full row of the table; the many behind them have lists of their children, which keeps it small.
 */
export interface Automaton {
  /** Byte → symbol. Bytes that no literal has are symbol 0, both cases of a letter are one. */
  readonly symbols: Uint8Array
  readonly width: number
  /** Where a value begins, and the symbol of its end. */
  readonly start: number
  readonly end: number
  /** States below this have a row. */
  readonly rows: number
  /** State with a row, and symbol → state. */
  readonly next: Int32Array
  /** State without a row and symbol → state. */
  step(state: number, symbol: number): number
  /** The literals (by their place in the list) that end in a state; undefined for none. */
  readonly ends: readonly (readonly number[] | undefined)[]
  /** 1 for states in which a literal ends. */
  readonly final: Uint8Array
}

// States one and two bytes deep: some thousand.
const rowDepth = 2

interface Node {
  readonly children: Map<number, Node>
  readonly symbol: number
  readonly depth: number
  ends: number[] | undefined
  fallback: Node | undefined
  number: number
}

const createNode = (symbol: number, depth: number): Node => ({
  children: new Map(),
  symbol,
  depth,
  ends: undefined,
  fallback: undefined,
  number: 0,
})

export function createAutomaton(literals: readonly string[]): Automaton {
  const { symbols, width } = symbolsOf(literals)
  const symbolIn = (literal: string, at: number) => {
    const code = literal.charCodeAt(at)
    return code < 256 ? (symbols[code] ?? 0) : width - (literal.charAt(at) === valueStart ? 2 : 1)
  }
  const root = createNode(0, 0)
  for (const [index, literal] of literals.entries()) insert(root, literal, index, symbolIn)
  const order = numbered(root)
  const rows = order.filter(({ depth }) => depth <= rowDepth).length
  const child = new Int32Array(order.length)
  const sibling = new Int32Array(order.length)
  const symbolOf = new Uint16Array(order.length)
  const fallback = new Int32Array(order.length)
  const final = new Uint8Array(order.length)
  for (const node of order) {
    symbolOf[node.number] = node.symbol
    fallback[node.number] = node.fallback?.number ?? 0
    final[node.number] = node.ends === undefined ? 0 : 1
    for (const { number } of node.children.values()) {
      sibling[number] = child[node.number] ?? 0
      child[node.number] = number
    }
  }
  const next = rowsOf(order.slice(0, rows), width)
  return {
    symbols,
    width,
    start: next[width - 2] ?? 0,
    end: width - 1,
    rows,
    next,
    final,
    ends: order.map(({ ends }) => ends),
    step: (state, symbol) => {
      let from = state
      while (from >= rows) {
        for (let to = child[from] ?? 0; to !== 0; to = sibling[to] ?? 0) if (symbolOf[to] === symbol) return to
        from = fallback[from] ?? 0
      }
      return next[from * width + symbol] ?? 0
    },
  }
}

function symbolsOf(literals: readonly string[]): { readonly symbols: Uint8Array; readonly width: number } {
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
  return { symbols, width: width + 2 }
}

const folded = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

function insert(root: Node, literal: string, index: number, symbolIn: (literal: string, at: number) => number): void {
  let node = root
  for (let at = 0; at < literal.length; at++) {
    const symbol = symbolIn(literal, at)
    const child = node.children.get(symbol) ?? createNode(symbol, node.depth + 1)
    node.children.set(symbol, child)
    node = child
  }
  node.ends = [...(node.ends ?? []), index]
}

/** All nodes breadth first, with their numbers and fallbacks; what ends in a fallback ends in the node too. */
function numbered(root: Node): readonly Node[] {
  const order = [root]
  for (const node of order) {
    for (const child of node.children.values()) {
      child.number = order.length
      child.fallback = fallbackOf(node, child.symbol, root)
      if (child.fallback.ends !== undefined) child.ends = [...(child.ends ?? []), ...child.fallback.ends]
      order.push(child)
    }
  }
  return order
}

function fallbackOf(parent: Node, symbol: number, root: Node): Node {
  for (let node = parent.fallback; node !== undefined; node = node.fallback) {
    const child = node.children.get(symbol)
    if (child !== undefined) return child
  }
  return root
}

function rowsOf(nodes: readonly Node[], width: number): Int32Array {
  const next = new Int32Array(nodes.length * width)
  for (const { number, fallback, children } of nodes) {
    const row = number * width
    if (fallback !== undefined) next.copyWithin(row, fallback.number * width, (fallback.number + 1) * width)
    for (const child of children.values()) next[row + child.symbol] = child.number
  }
  return next
}
