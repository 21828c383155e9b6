export type { EventSensorDeps, EventSensorOptions } from "./file-sensor.ts"
/** A sensor of the records of Linux audit, Falco, Tetragon and CloudTrail. */
export { createEventSensor } from "./file-sensor.ts"
export type { FollowEventsOptions } from "./follow-sensor.ts"
/** The same, of a file as it grows. */
export { createEventFollower } from "./follow-sensor.ts"
export type { EventBody, EventBodySink } from "./intake.ts"
/** The same, of records that were sent. */
export { readEventBody } from "./intake.ts"
export type { Unread } from "./reading.ts"
