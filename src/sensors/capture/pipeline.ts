import type { Cidr, HttpObservation, Ids, Millis, NodeRef } from "../../core/index.ts"
import type { Skipped } from "../input/index.ts"
import { defaultHomeNets } from "../input/index.ts"
import type { Flow } from "./flow.ts"
import { FlowTable } from "./flow-table.ts"
import type { Transaction } from "./http/transaction.ts"
import { createObservations } from "./http-observation.ts"
import { IpDecoder } from "./ip.ts"
import { ipOffset } from "./link-layer.ts"
import type { Packet } from "./packet.ts"

/** What both capture sensors can be told. */
export interface PipelineOptions {
  readonly node: NodeRef
  /** What is at home; by default private, loopback and link-local networks. Decides whether a connection is inbound or outbound. */
  readonly homeNets?: readonly Cidr[]
  /** Longest body kept, coded and decoded alike; 1 MiB by default. */
  readonly maxBodyBytes?: number
  /** Connections followed at once; beyond, the one that was quiet for longest is ended. */
  readonly maxFlows?: number
  /** Held for reassembly and bodies, all connections together. */
  readonly maxHeldBytes?: number
  /** A connection that is quiet for so long has ended. */
  readonly idleMs?: Millis
  /** A request whose response is not complete after so long is given on without the rest. */
  readonly responseWaitMs?: Millis
}

// 20,000 connections cost some 30 MB. Busy front ends hold about as many open; scans more, but those go first.
const defaultMaxFlows = 20_000
// Leaves a whole process under 300 MB, with the copies that decoding and detection make.
const defaultMaxHeldBytes = 24 * 1024 * 1024
// The holes of one fast connection, or a body of each direction with what follows it.
const maxFlowBytes = 4 * 1024 * 1024
const defaultMaxBodyBytes = 1024 * 1024
// Web servers close idle connections after 75 s (nginx) or less; a slow page of an application takes a minute or two.
const defaultIdleMs = 300_000

export interface PipelineContext {
  readonly ids: Ids
  readonly sensor: string
  readonly file: string | null
  readonly seed: number
  readonly skipped: Skipped
  readonly responseWaitMs: Millis
}

/** From packets to observations. What `ready` holds must be given on before the next packet, or memory is not bounded. */
export interface Pipeline {
  packet(packet: Packet): void
  /** Time went on without packets. */
  advance(at: Millis): void
  /** Ends the oldest connection, at the end of the input; false when none is left. */
  finishOne(): boolean
  readonly ready: boolean
  /** For reassembly, heads and bodies. */
  readonly heldBytes: number
  /** The observation that is ready for longest; mostly at once. */
  take(): HttpObservation | Promise<HttpObservation> | undefined
}

export function createPipeline(options: PipelineOptions, context: PipelineContext): Pipeline {
  const { skipped } = context
  const bodyLimit = options.maxBodyBytes ?? defaultMaxBodyBytes
  const ready: Transaction<Flow>[] = []
  const skip = (reason: string, count?: number) => skipped.add(reason, count)
  const ip = new IpDecoder(skipped)
  const flows = new FlowTable(
    {
      maxFlows: options.maxFlows ?? defaultMaxFlows,
      maxBytes: options.maxHeldBytes ?? defaultMaxHeldBytes,
      maxFlowBytes,
      idleMs: options.idleMs ?? defaultIdleMs,
      bodyLimit,
      responseWaitMs: options.responseWaitMs ?? context.responseWaitMs,
    },
    { seed: context.seed, skip, emit: (transaction) => ready.push(transaction) },
  )
  const observe = createObservations({
    ids: context.ids,
    sensor: context.sensor,
    file: context.file,
    node: options.node,
    homeNets: options.homeNets ?? defaultHomeNets,
    bodyLimit,
  })
  return {
    packet: (packet) => {
      const at = ipOffset(packet)
      if (typeof at === "string") skip(at)
      if (typeof at !== "number") return
      if (!ip.decode(packet.data, { at, end: packet.end }, packet.at)) return
      if (ip.datagram.missing > 0) skip("packet cut at capture")
      flows.add(ip.datagram, packet)
    },
    advance: (at) => flows.advance(at),
    finishOne: () => flows.finishOne(),
    get heldBytes() {
      return flows.heldBytes + ip.fragments.heldBytes
    },
    get ready() {
      return ready.length > 0
    },
    take: () => {
      const transaction = ready.shift()
      return transaction === undefined ? undefined : observe(transaction)
    },
  }
}
