export type { CaptureFileDeps, CaptureFileOptions, CaptureProgress } from "./file-sensor.ts"
/** A sensor that reads one capture file (pcap or pcapng, gzip or not) to its end; memory stays bounded whatever its size. */
export { createCaptureFileSensor } from "./file-sensor.ts"
export type { PipelineOptions } from "./pipeline.ts"
