import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import type { FastifyRequest } from "fastify"
import type { ZodTypeProvider } from "fastify-type-provider-zod"
import { messageOf } from "../../core/index.ts"
import { createGate } from "../auth/turns.ts"
import { eventFormat, eventIntakeReport, eventSource, sentEvents } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import { principalOf, type Routes } from "./route.ts"

// As packed as it comes, and unpacked: half a minute of a busy node, and what 100 ms are enough to read.
const maxBodyBytes = 8 * 1024 * 1024
const maxUnpackedBytes = 32 * 1024 * 1024
// JSON under all the names that senders give it. No text/plain: a form of another site's page could send that.
const mediaTypes = [
  "application/json",
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
  "application/octet-stream",
  "application/gzip",
  "application/x-gzip",
]

/** Records of other tools, sent by them or by a log shipper. */
export const eventIntakeRoutes: Routes = (app, { eventIntake }) => {
  // They are read on the thread that answers everybody: what waits is bounded, and so is its memory.
  const gate = createGate({ atOnce: 2, waiting: 14 })
  // In a scope of its own: everywhere else a body is parsed JSON.
  app.register(async (plain) => {
    plain.removeAllContentTypeParsers()
    plain.addContentTypeParser(mediaTypes, { parseAs: "buffer", bodyLimit: maxBodyBytes }, (_request, body, done) =>
      done(null, body),
    )
    plain.withTypeProvider<ZodTypeProvider>().post(
      "/events/:format",
      {
        bodyLimit: maxBodyBytes,
        config: { access: "sensor", alsoAnswers: ["503"] },
        schema: {
          operationId: "sendEvents",
          tags: ["alerts"],
          summary: "Records of Linux audit, Falco, Tetragon or CloudTrail",
          description:
            "The body is the tool's own records, one a line, or a JSON array of them; gzip or not, 8 MiB at most and 32 MiB unpacked. The answer comes once the alerts that they raise are stored. A body of which nothing can be read is refused.",
          params: eventFormat,
          querystring: eventSource,
          consumes: mediaTypes,
          body: sentEvents,
          response: { 200: eventIntakeReport },
        },
      },
      async (request) => {
        const { format } = request.params
        const sender = principalOf(request).name
        const taken = await gate(async () => {
          const bytes = await unpacked(request)
          return eventIntake.take({ format, bytes, node: request.query.node ?? null, sender })
        })
        if (taken === undefined) throw new Refusal(503, "BUSY", "other records are being read; send these again", 1)
        const [first] = taken.skipped
        if (taken.read === 0 && first !== undefined)
          throw new Refusal(
            400,
            "INVALID",
            `nothing in the body is a record of ${format}; line ${first.line}: ${first.reason}`,
          )
        return taken
      },
    )
  })
}

const inflate = promisify(gunzip)

/** By its first bytes, as files are; a header that promises something else is refused. */
async function unpacked({ body, headers }: FastifyRequest): Promise<Buffer> {
  const encoding = headers["content-encoding"] ?? "identity"
  if (encoding !== "gzip" && encoding !== "identity")
    throw new Refusal(
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      `send the body as it is or as gzip, not as ${encoding.slice(0, 50)}`,
    )
  // Without a body there is nothing to parse.
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await inflate(bytes, { maxOutputLength: maxUnpackedBytes })
  } catch (error) {
    if (error instanceof RangeError)
      throw new Refusal(413, "TOO_LARGE", `the body is more than ${maxUnpackedBytes / 2 ** 20} MiB once it is unpacked`)
    throw new Refusal(400, "INVALID", `the body's gzip data is damaged: ${messageOf(error)}`)
  }
}
