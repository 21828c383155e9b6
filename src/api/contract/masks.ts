import { z } from "zod"
import { alertId, countermeasureId, incident } from "../../core/index.ts"

// As many as an incident's page shows; each incident that they count in is worked out anew.
const maxAlerts = 200

// POST /alerts/mask
export const newMasks = z
  .strictObject({
    alerts: z.array(alertId).min(1).max(maxAlerts),
    masked: z.boolean().default(true).meta({ description: "false: unmask them" }),
    why: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .regex(/^\P{Cc}*$/u, "no control characters")
      .meta({ description: "For whoever asks, later" }),
  })
  .meta({ examples: [{ alerts: ["alr_0c86"], masked: true, why: "our own scanner" }] })
export const maskReport = z.object({
  alerts: z.array(alertId).meta({ description: "Those that were changed; the others were so already" }),
  incidents: z.array(incident).meta({ description: "Worked out anew; closed where too little is left" }),
  ended: z.array(countermeasureId).meta({ description: "What ended because it rested on nothing else" }),
})
export type MaskReport = z.infer<typeof maskReport>
