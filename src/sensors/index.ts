export { createCaptureFileSensor, createLiveCaptureSensor } from "./capture/index.ts"
export type { FileSensorDeps, FileSensorOptions } from "./file-sensor.ts"
/** The sensor for a file, whatever Thwart can read: captures, access logs, EVE JSON, gzip or not. */
export { createFileSensor } from "./file-sensor.ts"
export { createEveSensor } from "./findings/index.ts"
export type { FileFormat } from "./input/index.ts"
export { sniffFormat } from "./input/index.ts"
export { createAccessLogFollower, createAccessLogSensor } from "./logs/index.ts"
export type { Sensor, SensorStatus, Sink } from "./sensor.ts"
