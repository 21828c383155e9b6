import {
  type Cidr,
  type Endpoint,
  type EventField,
  type EventFields,
  type EventObservation,
  eventValue,
  type Ids,
  type IpAddress,
  type NodeRef,
  nodeRef,
  parseAddress,
} from "../../core/index.ts"
import { createDirections } from "../input/index.ts"
import type { EventRecord } from "./reading.ts"

export interface EventContext {
  readonly ids: Pick<Ids, "observation">
  readonly sensor: string
  /** Where the records are read; those that name no machine of their own are about it. */
  readonly node: NodeRef
  readonly homeNets: readonly Cidr[]
  readonly file: string | null
}

// The unspecified address: there was no other side, or the tool does not tell it. Nothing ever blocks it.
// The cast holds: it is canonical.
const nobody: Endpoint = { address: "0.0.0.0" as IpAddress, port: 0 }

/** Makes observations of records. */
export function createEventObserver(context: EventContext): (record: EventRecord) => EventObservation {
  const directionOf = createDirections(context.homeNets)
  return ({ at, fields, raw, line }) => {
    const [source, destination] = [endOf(fields, "src"), endOf(fields, "dst")]
    return {
      kind: "event",
      id: context.ids.observation(),
      at,
      sensor: context.sensor,
      node: nodeOf(fields, context.node),
      direction: direction(source, destination, directionOf),
      source: source ?? nobody,
      destination: destination ?? nobody,
      origin: { file: context.file, frame: null, line },
      fields,
      raw,
    }
  }
}

/** Who names only the other side opened the connection (outbound), or was called (inbound). */
function direction(
  source: Endpoint | undefined,
  destination: Endpoint | undefined,
  directionOf: ReturnType<typeof createDirections>,
) {
  if (source !== undefined && destination !== undefined) return directionOf(source, destination)
  return destination === undefined ? "inbound" : "outbound"
}

function endOf(fields: EventFields, side: "src" | "dst"): Endpoint | undefined {
  const address = eventValue(fields, `connection.${side}_addr`)
  const parsed = typeof address === "string" ? parseAddress(address) : undefined
  const port = eventValue(fields, `connection.${side}_port`)
  const isPort = typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535
  return parsed === undefined ? undefined : { address: parsed, port: isPort ? port : 0 }
}

function nodeOf(fields: EventFields, fallback: NodeRef): NodeRef {
  const text = (field: EventField) => {
    const value = eventValue(fields, field)
    return typeof value === "string" ? value.slice(0, 253) : undefined
  }
  const pod = text("kubernetes.pod")
  if (pod !== undefined) {
    const name = `${text("kubernetes.namespace") ?? "default"}/${pod}`.slice(0, 253)
    return nodeRef.parse({ id: name, kind: "pod", name })
  }
  const [container, host] = [text("container.id"), text("host")]
  if (container !== undefined)
    return nodeRef.parse({ id: container, kind: "container", name: text("container.name") ?? container })
  return host === undefined || host === fallback.name ? fallback : nodeRef.parse({ id: host, kind: "host", name: host })
}
