import { createHash } from "node:crypto"
import { type Alert, type AlertField, alertFields, alertValue, type IpAddress, isUnspecified } from "../core/index.ts"
import { fromField, type IntentRule, isLinked, toField } from "./intent-rule.ts"
import type { NodeFacts } from "./node-facts.ts"
import type { StageDetail } from "./sighting.ts"

/** Where nothing but the key of the track is asked for. */
export const noKey = ""
const noKeys: readonly string[] = [noKey]
const everywhere = "everywhere"
const none: readonly string[] = []

/** The keys of an alert as one stage of a rule; a stage that is none of the rule's is the one that makes it no incident. */
export interface JoinKeys {
  /** Whether stages may lead from key to key; else all alerts of an incident have one in common. */
  readonly linked: boolean
  /** Whether every stage is found by the same field. */
  readonly uniform: boolean
  /** Undefined where the alert has no such value: it has nothing in common with anything. */
  keyOf(alert: Alert, stage: number): string | undefined
  linksOf(alert: Alert, stage: number): Pick<StageDetail, "from" | "to">
}

export function joinKeys(rule: IntentRule, facts: NodeFacts): JoinKeys {
  const { join, stages, unless } = rule
  const unlessFrom = unless?.from ?? fromField({ ...(stages[0] ?? unreachable()), from: null }, join)
  const froms = [...stages.map((stage) => fromField(stage, join)), ...(unless === null ? [] : [unlessFrom])]
  const tos = stages.map((stage) => toField(stage, join))
  const keyBy = (alert: Alert, field: AlertField | null | undefined) =>
    field === null || field === undefined ? everywhere : keyOfField(alert, field)
  const keyOf = (alert: Alert, stage: number) => (join === "adjacent" ? nodeKey(alert) : keyBy(alert, froms[stage]))
  const list = (key: string | undefined) => (key === undefined ? none : [key])
  return {
    linked: isLinked(rule),
    uniform: new Set(froms).size === 1,
    keyOf,
    linksOf: (alert, stage) => {
      // What the last stage leads to is asked by nobody.
      const ends = stage >= stages.length - 1
      if (join === "adjacent") return { from: foundBy(alert), to: ends ? noKeys : leadsTo(alert, facts) }
      return { from: list(keyOf(alert, stage)), to: ends ? noKeys : list(keyBy(alert, tos[stage])) }
    },
  }
}

// Longer ones are known by their hash: what an attacker makes long must not fill the memory.
const longestKey = 200

export function keyOfField(alert: Alert, field: AlertField): string | undefined {
  const value = alertValue(alert, field)
  if (value === undefined || typeof value === "object" || value === "") return undefined
  const text = String(value)
  // The cast holds: addresses of alerts are canonical.
  if (alertFields.get(field)?.type === "address" && isUnspecified(text as IpAddress)) return undefined
  return text.length <= longestKey ? text : createHash("sha256").update(text).digest("base64")
}

const nodeKey = ({ node }: Alert) => `node ${node.id}`
const addressKey = (address: string) => `address ${address}`

/** The near end of an alert is the node's own address. */
function ends({ direction, source, destination }: Alert) {
  return direction === "inbound" ? { near: destination, far: source } : { near: source, far: destination }
}

/** An alert follows what was on its own node, what came to its node's address, and what came from whom it came from. */
function foundBy(alert: Alert): readonly string[] {
  const { near, far } = ends(alert)
  return [nodeKey(alert), ...addresses(alert.direction === "inbound" ? [near.address, far.address] : [near.address])]
}

/** It leads to its own node, to whom this node speaks with next, and to whom it was sent. */
function leadsTo(alert: Alert, { neighboursOf }: NodeFacts): readonly string[] {
  const { near, far } = ends(alert)
  const around = (neighboursOf?.(alert.node.id) ?? []).slice(0, maxNeighbours).map((node) => `node ${node}`)
  const told = alert.direction === "inbound" ? [near.address] : [near.address, far.address]
  return [...new Set([nodeKey(alert), ...addresses(told), ...around])]
}

// What a node is connected with beyond that is no neighbourhood, but a network.
const maxNeighbours = 64

/** Loopback is every node's own, and next to none. */
function addresses(all: readonly Alert["attacker"][]): readonly string[] {
  return all.filter((one) => !isUnspecified(one) && !one.startsWith("127.") && one !== "::1").map(addressKey)
}

function unreachable(): never {
  throw new RangeError("an intent rule has at least one stage")
}
