/** Captures: a file, or live traffic. */
export { createCaptureFileSensor, createLiveCaptureSensor } from "./capture/index.ts"
export type { EventBody, EventBodySink, EventSensorDeps, EventSensorOptions, Unread } from "./events/index.ts"
/** Records of Linux audit, Falco, Tetragon and CloudTrail, as events. */
export { createEventFollower, createEventSensor, readEventBody } from "./events/index.ts"
export type { FileSensorDeps, FileSensorOptions } from "./file-sensor.ts"
/** The sensor for a file, whatever Thwart can read: captures, access logs, EVE JSON, records of other tools, gzip or not. */
export { createFileSensor } from "./file-sensor.ts"
/** Suricata's EVE JSON. */
export { createEveSensor } from "./findings/index.ts"
export type { FileFormat, ReadProgress } from "./input/index.ts"
/** What a file is, by its content; undefined for what Thwart can't read. */
export { sniffFormat } from "./input/index.ts"
/** Access logs: a whole file, or one as it grows. */
export { createAccessLogFollower, createAccessLogSensor } from "./logs/index.ts"
export type { Sensor, SensorStatus, Sink } from "./sensor.ts"
