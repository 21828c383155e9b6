import { randomInt } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { type Clock, type Ids, messageOf } from "../../core/index.ts"
import { createSkipped, type Skipped } from "../input/index.ts"
import type { Sensor, SensorStatus, Sink } from "../sensor.ts"
import { createCaptureReader } from "./capture-reader.ts"
import { createPipeline, type Pipeline, type PipelineOptions } from "./pipeline.ts"
import {
  type Capture,
  captureError,
  createTcpdumpWords,
  type SpawnCapture,
  spawnTcpdump,
  type TcpdumpOptions,
  tcpdumpCommand,
} from "./tcpdump.ts"

export interface LiveCaptureDeps {
  readonly ids: Ids
  readonly clock: Clock
  readonly spawn?: SpawnCapture
  /** Told when the capture ended unexpectedly and will be started again. */
  readonly onRestart?: (reason: string) => void
}

export interface LiveCaptureOptions extends PipelineOptions, TcpdumpOptions {
  /** The sensor's id; `capture:INTERFACE` by default. */
  readonly id?: string
}

// A request must lead to a block within 2 s even when no response comes; most responses come sooner than this.
const responseWaitMs = 500
const tickMs = 100
const firstBackoffMs = 250
const lastBackoffMs = 30_000
const stableMs = 60_000
const countersEveryMs = 5000
const killAfterMs = 2000

export function createLiveCaptureSensor(deps: LiveCaptureDeps, options: LiveCaptureOptions): Sensor {
  const id = options.id ?? `capture:${options.interface}`
  const skipped = createSkipped()
  let state: SensorStatus["state"] = "starting"
  let reason: string | null = null
  let observations = 0
  let droppedBefore = 0
  let words = createTcpdumpWords()

  const supervise = async (sink: Sink, signal: AbortSignal) => {
    const pipeline = livePipeline(deps, options, { id, skipped })
    const drain = async () => {
      for (let next = await pipeline.take(); next !== undefined; next = await pipeline.take()) {
        observations++
        await sink(next)
      }
    }
    let backoffMs = firstBackoffMs
    while (!signal.aborted) {
      const startedAt = deps.clock.now()
      words = createTcpdumpWords()
      const heard = words
      const error = await captureOnce(deps, options, {
        pipeline,
        drain,
        skipped,
        signal,
        words: heard,
        onListening: () => {
          state = "running"
          reason = null
        },
      })
      droppedBefore += heard.dropped
      words = createTcpdumpWords()
      if (signal.aborted) break
      if (!heard.listening && state === "starting") throw captureError(options, error, heard.last)
      reason = captureError(options, error, heard.last).message
      deps.onRestart?.(reason)
      if (deps.clock.now() - startedAt > stableMs) backoffMs = firstBackoffMs
      await sleep(backoffMs, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
      backoffMs = Math.min(lastBackoffMs, backoffMs * 2)
    }
    while (pipeline.finishOne()) await drain()
  }

  return {
    id,
    run: async (sink, signal) => {
      try {
        await supervise(sink, signal)
        state = "stopped"
      } catch (error) {
        state = "failed"
        reason = messageOf(error)
        throw error
      }
    },
    status: () => ({ state, reason, observations, skipped: skipped.counts(), dropped: droppedBefore + words.dropped }),
  }
}

function livePipeline(
  deps: LiveCaptureDeps,
  options: LiveCaptureOptions,
  of: { id: string; skipped: Skipped },
): Pipeline {
  return createPipeline(options, {
    ids: deps.ids,
    sensor: of.id,
    file: null,
    skipped: of.skipped,
    responseWaitMs,
    seed: randomInt(2 ** 32),
  })
}

interface Run {
  readonly pipeline: Pipeline
  readonly skipped: Skipped
  readonly signal: AbortSignal
  readonly words: ReturnType<typeof createTcpdumpWords>
  drain(): Promise<void>
  onListening(): void
}

/** Captures until tcpdump ends; gives the error that kept it from starting, if any. */
async function captureOnce(
  deps: LiveCaptureDeps,
  options: LiveCaptureOptions,
  run: Run,
): Promise<NodeJS.ErrnoException | undefined> {
  const [command, args] = tcpdumpCommand(options)
  const child = (deps.spawn ?? spawnTcpdump)(command, args)
  let failed: NodeJS.ErrnoException | undefined
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      failed = error
      resolve()
    })
    child.on("close", () => resolve())
  })
  child.stderr.setEncoding("latin1").on("data", (text: string) => {
    const before = run.words.listening
    run.words.read(text)
    if (!before && run.words.listening) run.onListening()
  })
  const stop = () => stopCapture(child)
  run.signal.addEventListener("abort", stop, { once: true })
  if (run.signal.aborted) stop()
  const counters = setInterval(() => {
    // tcpdump answers with its counters, once it has its handlers in place.
    if (run.words.listening) child.kill("SIGUSR1")
  }, countersEveryMs)
  try {
    await consume(deps.clock, child, run)
    await ended
  } catch (error) {
    stop()
    throw error
  } finally {
    clearInterval(counters)
    run.signal.removeEventListener("abort", stop)
  }
  return failed
}

function stopCapture(child: Capture): void {
  child.kill("SIGTERM")
  const forced = setTimeout(() => child.kill("SIGKILL"), killAfterMs)
  forced.unref()
  child.on("close", () => clearTimeout(forced))
}

/** Packets as they come, and the passing of time while none does. */
async function consume(clock: Clock, child: Capture, run: Run): Promise<void> {
  const { pipeline, drain } = run
  const reader = createCaptureReader("live capture", run.skipped)
  let working: Promise<void> | undefined
  let failure: unknown
  const tick = setInterval(() => {
    if (working !== undefined) return
    pipeline.advance(clock.now())
    if (!pipeline.ready) return
    working = drain()
      .catch((error: unknown) => {
        failure = error
        child.kill("SIGTERM")
      })
      .finally(() => {
        working = undefined
      })
  }, tickMs)
  try {
    for await (const chunk of child.stdout) {
      await working
      // The interval leaves the pipeline alone while this promise stands.
      const turn = Promise.withResolvers<void>()
      working = turn.promise
      try {
        reader.push(chunk)
        while (reader.next()) {
          pipeline.packet(reader.packet)
          if (pipeline.ready) await drain()
        }
      } finally {
        working = undefined
        turn.resolve()
      }
    }
    await working
    if (failure !== undefined) throw failure
  } finally {
    clearInterval(tick)
  }
}
