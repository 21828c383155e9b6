export type { CaptureFileDeps, CaptureFileOptions } from "./file-sensor.ts"
/** A sensor that reads one capture file (pcap or pcapng, gzip or not) to its end; memory stays bounded whatever its size. */
export { createCaptureFileSensor } from "./file-sensor.ts"
export type { LiveCaptureDeps, LiveCaptureOptions } from "./live-sensor.ts"
/** A sensor on an interface's live traffic, captured by a tcpdump of its own that is started again when it ends. */
export { createLiveCaptureSensor } from "./live-sensor.ts"
export type { PipelineOptions } from "./pipeline.ts"
