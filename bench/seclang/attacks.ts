import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { readRequest, readTestFile, requestBytes } from "../../src/detection/index.ts"
import type { MixRequest } from "./mix.ts"
import { crs } from "./rule-set.ts"

// Of all positive cases: enough to measure, and what the other engine gets through in seconds.
const stride = 4

/** Regression cases in which a rule must match, those that servers refuse by themselves left out. */
export function attacks(): readonly MixRequest[] {
  const folder = join(crs, "tests")
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .flatMap((file) => readTestFile(readFileSync(join(folder, file), "utf8"), file))
    .flatMap(({ stages }) => stages)
    .filter(({ output, input }) => (output.log?.expect_ids.length ?? 0) > 0 && /^[A-Z]+$/.test(input.method))
    .map(({ input }) => readRequest(requestBytes(input)))
    .filter(isPlain)
    .filter((_, index) => index % stride === 0)
}

/** What nginx and Node both accept. */
function isPlain({ method, target, protocol, headers, body }: MixRequest & { readonly protocol: string }): boolean {
  const lengths = headers.filter(({ name }) => /^(?:content-length|transfer-encoding)$/i.test(name))
  return (
    /^(?:GET|POST|PUT)$/.test(method) &&
    /^\/[\x21-\x7e]*$/.test(target) &&
    protocol === "HTTP/1.1" &&
    headers.filter(({ name }) => /^host$/i.test(name)).length === 1 &&
    headers.every(({ name, value }) => /^[A-Za-z][A-Za-z-]*$/.test(name) && /^[\x20-\x7e]*$/.test(value)) &&
    lengths.length === (body === "" ? lengths.length : 1) &&
    lengths.every(({ name, value }) => /^content-length$/i.test(name) && Number(value) === body.length)
  )
}
