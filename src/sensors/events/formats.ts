import type { EventType } from "../../core/index.ts"
import { createAuditReader } from "./audit/index.ts"
import { createCloudTrailReader } from "./cloudtrail.ts"
import { createFalcoReader } from "./falco.ts"
import type { EventReader } from "./reading.ts"
import { createTetragonReader } from "./tetragon.ts"

export interface EventFormat {
  readonly create: () => EventReader
  readonly mostLineBytes: number
}

const oneMiB = 1024 * 1024

// Audit records are cut at 8 KiB by the kernel; the objects of Falco and Tetragon hold some command lines; CloudTrail writes all in one line.
export const eventFormats: Readonly<Record<EventType, EventFormat>> = {
  audit: { create: createAuditReader, mostLineBytes: oneMiB },
  falco: { create: createFalcoReader, mostLineBytes: oneMiB },
  tetragon: { create: createTetragonReader, mostLineBytes: oneMiB },
  cloudtrail: { create: createCloudTrailReader, mostLineBytes: 64 * oneMiB },
}
