import { z } from "zod"
import { secretRef } from "../../outbound/index.ts"
import { template, toldSettings } from "../told/index.ts"

/** A program and its arguments: nothing reads them as a shell would. */
const command = z
  .array(template)
  .min(1)
  .max(100)
  .refine(([program = ""]) => /^\/[^{}]+$/.test(program), "the program is an absolute path, without a field in it")

/** `enforcers: [{ kind: exec, block: [/usr/local/bin/fw, add, "{{target}}"], unblock: [/usr/local/bin/fw, del, "{{target}}"] }]` */
export const execConfig = z.strictObject({
  ...toldSettings,
  kind: z.literal("exec"),
  block: command,
  unblock: command,
  /** Prints an address or a prefix on each line; null: it can't be asked. */
  list: command.nullable().default(null),
  /** Beside PATH and LANG, which are all that it gets. */
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/), z.union([secretRef, z.string().max(4000)]))
    .default({}),
})
export type ExecConfig = z.infer<typeof execConfig>
