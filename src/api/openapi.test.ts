import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { z } from "zod"
import { apiErrorCodes } from "./contract/index.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

const media = z.record(
  z.string(),
  z.object({ schema: z.record(z.string(), z.unknown()), example: z.unknown().optional() }),
)
const operation = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.object({ in: z.string(), name: z.string(), required: z.boolean() })).default([]),
  requestBody: z.object({ content: media }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: media.optional() })),
})
/** As much of OpenAPI 3.1 as is relied on; whatever else stands there is left alone. */
const document = z.looseObject({
  openapi: z.literal("3.1.0"),
  info: z.object({ title: z.literal("Thwart"), version: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  components: z.object({
    schemas: z.record(z.string(), z.looseObject({ description: z.string().min(1) })),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.string(), description: z.string() })),
  }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
})

describe("the OpenAPI document", () => {
  let harness: Harness
  let text: string
  let api: z.infer<typeof document>
  let operations: readonly (z.infer<typeof operation> & { readonly method: string; readonly path: string })[]
  beforeAll(async () => {
    harness = await createHarness()
    text = (await harness.app.inject({ url: "/api/v1/openapi.json", headers: { host } })).body
    api = document.parse(JSON.parse(text))
    operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => ({ ...one, method: method.toUpperCase(), path })),
    )
  })
  afterAll(() => harness.close())

  it("has every route of the server, with who may call it", () => {
    const routes = harness.api.routes.filter(({ method, path }) => method !== "HEAD" && !/^\/\*?$/.test(path))
    expect(operations.length).toBeGreaterThanOrEqual(51)
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`).sort(),
    )
    for (const { method, path, access } of routes) {
      const found = operations.find((one) => one.method === method && one.path === path.replace(/:(\w+)/g, "{$1}"))
      expect(found?.security, path).toEqual(access === "public" ? [] : [{ session: [] }, { token: [] }])
      expect(found?.description).toMatch(
        access === "public" ? /no sign-in/ : access === "signed-in" ? /a session or a token/ : `the role ${access}`,
      )
    }
  })

  it("names each operation once, and only tags and ways in that it describes", () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    const known = api.tags.map(({ name }) => name)
    expect(new Set(operations.flatMap(({ tags }) => tags))).toEqual(new Set(known))
    expect(Object.keys(api.components.securitySchemes)).toEqual(["session", "token"])
  })

  it("refers to nothing that is not there, and has nothing that nobody refers to", () => {
    const referred = new Set([...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref = ""]) => ref))
    const there = Object.keys(api.components.schemas).map((name) => `#/components/schemas/${name}`)
    for (const ref of referred) expect(there).toContain(ref)
    expect(there.filter((ref) => !referred.has(ref))).toEqual(["#/components/schemas/StreamEvent"])
    expect(there.length).toBeGreaterThan(10)
  })

  it("declares each parameter of a path, and no parameter twice", () => {
    for (const { path, parameters } of operations) {
      const inPath = parameters.filter((parameter) => parameter.in === "path")
      expect(inPath.map(({ name }) => `{${name}}`).sort(), path).toEqual((path.match(/\{\w+\}/g) ?? []).sort())
      expect(inPath.every(({ required }) => required)).toBe(true)
      expect(new Set(parameters.map((one) => `${one.in} ${one.name}`)).size).toBe(parameters.length)
    }
  })

  it("says what every answer is, and has one schema for what goes wrong", () => {
    let errors = 0
    for (const { path, method, responses, requestBody } of operations) {
      const codes = Object.keys(responses)
      expect(
        codes.filter((code) => code.startsWith("2")),
        `${method} ${path}`,
      ).toHaveLength(1)
      const hasBody = ["POST", "PUT", "PATCH"].includes(method) && path !== "/api/v1/users/{name}/password"
      expect(requestBody !== undefined, `${method} ${path}`).toBe(hasBody)
      for (const [code, { description, content }] of Object.entries(responses)) {
        expect(description, `${method} ${path} ${code}`).not.toMatch(/default/i)
        if (code.startsWith("2")) continue
        expect(content?.["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Error" })
        errors++
      }
    }
    expect(errors).toBeGreaterThan(34 * 3)
  })

  it("shows no schema of a request as something that only the server sends", () => {
    expect(text).not.toContain('"readOnly"')
    const block = operations.find(({ operationId }) => operationId === "block")?.requestBody?.content
    expect(block?.["application/json"]?.schema).toMatchObject({
      required: ["target", "durationMs", "reason"],
      properties: { durationMs: { description: "null: until someone ends it" } },
    })
    expect(block?.["application/json"]?.example).toMatchObject({ target: "203.0.113.7" })
  })

  it("lists every code of an error", () => {
    for (const code of apiErrorCodes) expect(text).toContain(`"${code}"`)
  })
})
