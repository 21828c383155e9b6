import { z } from "zod"
import { ipAddress } from "../../core/index.ts"

const port = z.int().min(0).max(65_535)
const text = z.string().max(65_536)
// A rule's metadata holds one value or several.
const ids = z.union([text, z.array(text).max(32)]).transform((value) => (typeof value === "string" ? [value] : value))

const headerList = z
  .array(z.object({ name: text, value: text.default("") }))
  .max(512)
  .catch([])

const http = z.object({
  hostname: text.optional().catch(undefined),
  url: text.optional().catch(undefined),
  http_method: text.optional().catch(undefined),
  protocol: text.optional().catch(undefined),
  status: z.int().min(0).max(999).optional().catch(undefined),
  length: z.number().optional().catch(undefined),
  http_user_agent: text.optional().catch(undefined),
  http_refer: text.optional().catch(undefined),
  http_content_type: text.optional().catch(undefined),
  http_request_body: z.string().optional().catch(undefined),
  http_response_body: z.string().optional().catch(undefined),
  request_headers: headerList.optional(),
  response_headers: headerList.optional(),
})

/** The fields of a Suricata EVE record that Thwart reads; all others are let be. */
export const eveEvent = z.object({
  timestamp: z.string().max(64),
  event_type: z.string().max(64),
  src_ip: ipAddress.optional().catch(undefined),
  src_port: port.optional().catch(undefined),
  dest_ip: ipAddress.optional().catch(undefined),
  dest_port: port.optional().catch(undefined),
  direction: z.string().max(32).optional().catch(undefined),
  flow: z
    .object({
      src_ip: ipAddress.optional().catch(undefined),
      src_port: port.optional().catch(undefined),
      dest_ip: ipAddress.optional().catch(undefined),
      dest_port: port.optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  alert: z
    .object({
      gid: z.int().optional().catch(undefined),
      signature_id: z.int(),
      rev: z.int().optional().catch(undefined),
      signature: text.catch(""),
      category: text.catch(""),
      severity: z.int().catch(3),
      metadata: z
        .object({
          mitre_tactic_id: ids.optional().catch(undefined),
          mitre_technique_id: ids.optional().catch(undefined),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  http: http.optional().catch(undefined),
})

export type EveEvent = z.infer<typeof eveEvent>
export type EveHttp = z.infer<typeof http>
