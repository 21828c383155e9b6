import { z } from "zod"
import { delivery, deliveryState, noticeKind, severity } from "../../core/index.ts"

// GET /notifications/targets, POST /notifications/targets/:name/test
export const notificationTarget = z.object({
  name: z.string(),
  kind: z.string(),
  destination: z.string().meta({ description: "Where it goes, without what is secret of it" }),
  minSeverity: severity,
  kinds: z.array(noticeKind),
  state: z.enum(["idle", "ok", "failing"]).meta({ description: "idle: nothing was sent since start" }),
  reason: z.string().nullable(),
  pending: z.number(),
  delivered: z.number().meta({ description: "Since start" }),
  failed: z.number().meta({ description: "Since start" }),
  lastDeliveredAt: z.number().nullable(),
})
export const notificationTargets = z.object({ items: z.array(notificationTarget) })

// GET /notifications/deliveries
export const deliveriesQuery = z.strictObject({
  target: z.string().max(100).optional(),
  state: deliveryState.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(1000).optional(),
})
export const deliveryPage = z.object({ items: z.array(delivery), next: z.string().nullable() })

export type NotificationTargets = z.infer<typeof notificationTargets>
export type DeliveryPage = z.infer<typeof deliveryPage>
