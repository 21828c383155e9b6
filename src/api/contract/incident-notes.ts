import { z } from "zod"
import { incidentNotes } from "../../core/index.ts"

// A name of a person or a team; longer than any account's.
const maxAssignee = 100
// A paragraph or two: with the last 200 kept, what is noted on an incident stays under 1 MB.
const maxComment = 4000

const noControls = /^\P{Cc}*$/u
// Lines and tabs are for reading; every other control character can disturb a terminal.
const noControlsButLines = /^(?:\P{Cc}|[\n\t])*$/u

// PUT /incidents/:id/assignee
export const assignment = z
  .strictObject({
    assignee: z
      .string()
      .trim()
      .min(1)
      .max(maxAssignee)
      .regex(noControls, "no control characters")
      .nullable()
      .meta({ description: "A person or a team; null: nobody" }),
  })
  .meta({ examples: [{ assignee: "ada" }] })
// POST /incidents/:id/comments
export const newComment = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1)
      .max(maxComment)
      .regex(noControlsButLines, "no control characters other than line breaks and tabs"),
  })
  .meta({ examples: [{ text: "the address belongs to our scanner, asked the network team" }] })
export const notes = incidentNotes
