import type { Clock } from "../../core/index.ts"
import type { Secrets } from "../../outbound/index.ts"
import type { Enforcer } from "../enforcer.ts"
import {
  type Book,
  createToldEnforcer,
  type FieldValues,
  fieldsOf,
  filled,
  keysOf,
  type Teller,
} from "../told/index.ts"
import type { ExecConfig } from "./config.ts"
import { run } from "./run.ts"

export interface ExecDeps {
  readonly clock: Clock
  readonly secrets: Pick<Secrets, "resolve" | "hide">
  readonly book: Book
}

// What is told needs no answer; a list may be 100,000 prefixes of the longest kind.
const [maxAnswerBytes, maxListBytes] = [64 * 1024, 8 * 1024 * 1024]
const leastEnv = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" }

/** Runs a program of the operator's for each block. Throws with what is wrong about the settings. */
export function createExecEnforcer(deps: ExecDeps, config: ExecConfig): Enforcer {
  const { name, directions, maxEntries, atOnce } = config
  const id = name ?? "exec"
  const summary = "Run a program of yours for each block"
  return createToldEnforcer(
    { book: deps.book, teller: createTeller(deps, config) },
    { id, summary, directions, maxEntries, atOnce },
  )
}

function createTeller({ clock, secrets }: ExecDeps, config: ExecConfig): Teller {
  const { list, directions, timeout: timeoutMs } = config
  const own = Object.entries(config.env).map(
    ([name, value]) => [name, typeof value === "string" ? value : secrets.resolve(value).reveal()] as const,
  )
  const env = { ...leastEnv, ...Object.fromEntries(own) }
  const commandOf = ([program = "", ...args]: readonly string[], values?: FieldValues) => ({
    program,
    args: values === undefined ? args : args.map((one) => filled(one, values)),
    env,
    timeoutMs,
  })
  const listed = async (signal: AbortSignal) => {
    const ran = await run({ ...commandOf(list ?? []), maxOutputBytes: maxListBytes }, signal)
    if (ran.kind === "failed") throw new Error(`${list?.[0]} could not list: ${secrets.hide(ran.reason)}`)
    return keysOf(ran.output.split("\n"), directions)
  }
  return {
    tell: async (told, signal) => {
      const command = commandOf(config[told.action], fieldsOf(told, clock.now()))
      const ran = await run({ ...command, maxOutputBytes: maxAnswerBytes }, signal)
      if (ran.kind === "succeeded") return { kind: "done" }
      return { kind: "failed", reason: secrets.hide(`${command.program}: ${ran.reason}`), certain: !ran.started }
    },
    ...(list === null ? {} : { list: listed }),
  }
}
