export type { AccessLogDeps, AccessLogOptions } from "./file-sensor.ts"
/** A sensor that reads an nginx or Apache access log (common, combined, either with a virtual host before it) to its end. */
export { createAccessLogSensor } from "./file-sensor.ts"
export type { FollowLogDeps, FollowLogOptions } from "./follow-sensor.ts"
/** A sensor that reads such a log as it grows, through rotation and truncation, until it is stopped. */
export { createAccessLogFollower } from "./follow-sensor.ts"
