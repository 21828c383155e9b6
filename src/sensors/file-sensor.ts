import { type Cidr, type Ids, type NodeRef, ThwartError } from "../core/index.ts"
import { createCaptureFileSensor } from "./capture/index.ts"
import { createEventSensor } from "./events/index.ts"
import { createEveSensor } from "./findings/index.ts"
import { type OpenBytes, type ReadProgress, sniffFormat } from "./input/index.ts"
import { createAccessLogSensor } from "./logs/index.ts"
import type { Sensor } from "./sensor.ts"

export interface FileSensorDeps {
  readonly ids: Ids
  readonly open?: OpenBytes
}

export interface FileSensorOptions {
  readonly file: string
  readonly node: NodeRef
  readonly homeNets?: readonly Cidr[]
  onProgress?(progress: ReadProgress): void
}

/** Throws THWART_FILE_UNREADABLE, and THWART_FORMAT_UNKNOWN for what is none of them. */
export async function createFileSensor(deps: FileSensorDeps, options: FileSensorOptions): Promise<Sensor> {
  const format = await sniffFormat(options.file, deps.open)
  switch (format) {
    case "pcap":
    case "pcapng":
      return createCaptureFileSensor(deps, options)
    case "access-log":
      return createAccessLogSensor(deps, options)
    case "eve":
      return createEveSensor(deps, options)
    case "audit":
    case "falco":
    case "tetragon":
    case "cloudtrail":
      return createEventSensor(deps, { ...options, format })
    case undefined:
      throw new ThwartError(
        "THWART_FORMAT_UNKNOWN",
        `"${options.file}" is neither a capture (pcap, pcapng) nor an access log (common, combined) nor Suricata EVE JSON, nor records of Linux audit, Falco, Tetragon or CloudTrail`,
      )
  }
}
