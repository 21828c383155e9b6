import type { DirectiveDefinition } from "./directive.ts"

/** Directives of a web server's module: logs, files, its own limits. They say nothing of what rules match. */
const names = [
  "SecAuditEngine",
  "SecAuditLog",
  "SecAuditLog2",
  "SecAuditLogDirMode",
  "SecAuditLogFileMode",
  "SecAuditLogFormat",
  "SecAuditLogParts",
  "SecAuditLogPrefix",
  "SecAuditLogRelevantStatus",
  "SecAuditLogStorageDir",
  "SecAuditLogType",
  "SecConnEngine",
  "SecCookieFormat",
  "SecDataDir",
  "SecDebugLog",
  "SecDebugLogLevel",
  "SecPcreMatchLimit",
  "SecPcreMatchLimitRecursion",
  "SecRequestBodyInMemoryLimit",
  "SecRuleInheritance",
  "SecRulePerfTime",
  "SecSensorId",
  "SecServerSignature",
  "SecStatusEngine",
  "SecTmpDir",
  "SecTmpSaveUploadedFiles",
  "SecUploadDir",
  "SecUploadFileMode",
  "SecUploadKeepFiles",
  "SecXmlExternalEntity",
] as const

export const ignored: readonly DirectiveDefinition[] = names.map((name) => ({
  name,
  arguments: [0, 10],
  apply: () => undefined,
}))
