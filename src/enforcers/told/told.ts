import { type Direction, messageOf, prefix } from "../../core/index.ts"
import { type Block, type Enforcer, keyOf, type Operation, type OperationResult } from "../enforcer.ts"
import type { Book, Gone, Line } from "./book.ts"
import type { Told } from "./template.ts"

/** A system of the operator's that is told what to block, each time as if it were the first. */
export interface Teller {
  /** Resolves with what became of it; `certain`: it was not done, for sure. */
  tell(told: Told, signal: AbortSignal): Promise<Telling>
  /** The keys of what the system says that it blocks; absent where it can't be asked. Rejects when it does not answer. */
  list?(signal: AbortSignal): Promise<ReadonlySet<string>>
}

export type Telling =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly reason: string; readonly certain: boolean }
  | { readonly kind: "not-enforced"; readonly reason: string }

export interface ToldDeps {
  readonly teller: Teller
  readonly book: Book
}

export interface ToldOptions {
  readonly id: string
  readonly summary: string
  readonly directions: readonly Direction[]
  readonly maxEntries: number
  /** How many are told at once. */
  readonly atOnce: number
}

// A system that is away costs this many timeouts a round, not one for each entry.
const failuresInARow = 5

/** An enforcer for what can only be told. What was told is in the book; where the system can be asked, what it forgot is told again. */
export function createToldEnforcer({ teller, book }: ToldDeps, options: ToldOptions): Enforcer {
  const { id, summary, directions, maxEntries, atOnce } = options

  const observe = async (signal: AbortSignal): Promise<readonly Block[]> => {
    const lines = [...(await book.all()).values()]
    const there = await teller.list?.(signal)
    return lines
      .filter((line) => line.state === "asked" || there === undefined || there.has(keyOf(line)))
      .map(({ target, direction, expiresAt, state }) => ({
        target,
        direction,
        // Nobody knows whether it is in force: with an end in the past it is told again, or taken back when nobody wants it.
        expiresAt: state === "asked" ? 0 : expiresAt,
      }))
  }
  /** Undefined: it has to be told. */
  const withoutTelling = (operation: Operation, known: ReadonlyMap<string, Line>): OperationResult | undefined => {
    const { block, kind } = operation
    const line = known.get(keyOf(block))
    if (kind === "remove") return line === undefined ? { kind: "already" } : undefined
    const why = mistakeIn(block)
    if (why !== undefined) return { kind: "failed", reason: why }
    if (!directions.includes(block.direction))
      return { kind: "not-enforced", reason: `${id} is told of ${directions.join(" and ")} blocks only` }
    // An entry that is added though the book has it was forgotten by the system itself.
    const isKnown = kind === "extend" && line?.state === "told" && line.expiresAt === operation.block.expiresAt
    return isKnown ? { kind: "already" } : undefined
  }

  const apply = async (operations: readonly Operation[], signal: AbortSignal): Promise<readonly OperationResult[]> => {
    // As it is now: what is asked is written into the book in a moment.
    const known = new Map(await book.all())
    const results: (OperationResult | undefined)[] = operations.map((operation) => withoutTelling(operation, known))
    const left = operations.map((_, index) => index).filter((index) => results[index] === undefined)
    // Written first: what is told behind a crash is known to be ours.
    await book.write(left.flatMap((index) => asked(operations[index], known)))
    const outcomes: (Line | Gone)[] = []
    const failing = { inARow: 0, reason: "" }
    const one = async (index: number) => {
      const operation = operations[index]
      if (operation === undefined) return
      const { result, line } = await perform(operation, { known, failing, signal })
      results[index] = result
      if (line !== undefined) outcomes.push(line)
    }
    try {
      // Removals make room, and are all done before anything is added.
      for (const isRemoval of [true, false])
        await inTurns(
          left.filter((index) => (operations[index]?.kind === "remove") === isRemoval),
          atOnce,
          one,
        )
    } finally {
      await book.write(outcomes)
    }
    return results.map((result) => result ?? { kind: "failed", reason: "it was not told: Thwart is stopping" })
  }

  const perform = async (
    operation: Operation,
    { known, failing, signal }: Performing,
  ): Promise<{ readonly result: OperationResult; readonly line?: Line | Gone }> => {
    const { target, direction } = operation.block
    const gone = { target, direction, state: "gone" } as const
    const isRemoval = operation.kind === "remove"
    const isNew = !isRemoval && !known.has(keyOf(operation.block))
    if (signal.aborted || failing.inARow >= failuresInARow) {
      const reason = signal.aborted ? "it was not told: Thwart is stopping" : `it was not told: ${failing.reason}`
      // Nothing was said, so nothing has changed.
      return { result: { kind: "failed", reason }, ...(isNew ? { line: gone } : {}) }
    }
    const told = await teller
      .tell({ action: isRemoval ? "unblock" : "block", block: operation.block }, signal)
      .catch((error: unknown): Telling => ({ kind: "failed", reason: messageOf(error), certain: false }))
    if (told.kind === "done") {
      failing.inARow = 0
      const line: Line | Gone =
        operation.kind === "remove" ? gone : { target, direction, expiresAt: operation.block.expiresAt, state: "told" }
      return { result: { kind: "applied" }, line }
    }
    const { reason } = told
    if (told.kind === "failed") {
      failing.inARow++
      failing.reason = reason
    }
    const changedNothing = told.kind === "not-enforced" || told.certain
    return { result: { kind: told.kind, reason }, ...(isNew && changedNothing ? { line: gone } : {}) }
  }

  return {
    id,
    summary,
    timeouts: "by-thwart",
    toleranceMs: 1000,
    observe,
    apply,
    poolOf: ({ direction }) => ({ name: `${id} (${direction})`, size: maxEntries }),
    teardown: async (signal) => {
      const lines = [...(await book.all()).values()]
      await apply(
        lines.map((block) => ({ kind: "remove", block })),
        signal,
      )
    },
    close: () => book.close(),
  }
}

interface Performing {
  /** As it was before this round. */
  readonly known: ReadonlyMap<string, Line>
  readonly failing: { inARow: number; reason: string }
  readonly signal: AbortSignal
}

/** What is new, or shall have another end, before it is told. A removal leaves the line until it is done. */
function asked(operation: Operation | undefined, known: ReadonlyMap<string, Line>): readonly Line[] {
  if (operation === undefined || operation.kind === "remove" || known.has(keyOf(operation.block))) return []
  const { target, direction, expiresAt } = operation.block
  return [{ target, direction, expiresAt, state: "asked" }]
}

function mistakeIn({ target }: Pick<Block, "target">): string | undefined {
  try {
    return prefix(target) === target ? undefined : `"${target}" has bits set behind its length`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** So many at once, in order. */
async function inTurns<T>(all: readonly T[], atOnce: number, task: (one: T) => Promise<void>): Promise<void> {
  const waiting = all.values()
  const worker = async () => {
    for (const one of waiting) await task(one)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
