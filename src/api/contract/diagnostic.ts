import { z } from "zod"

/** What is wrong with a text that somebody wrote, and where. */
export const diagnostic = z.object({
  code: z.string(),
  severity: z.enum(["error", "warning"]),
  message: z.string(),
  file: z.string(),
  line: z.int(),
  column: z.int(),
})
