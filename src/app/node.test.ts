import { describe, expect, it } from "vitest"
import { type NodeRef, nodeId } from "../core/index.ts"
import { parseConfig } from "./config.ts"
import { tagsFrom } from "./node.ts"

describe("the tags of the configuration", () => {
  const { nodeTags } = parseConfig(
    "nodeTags: { web-1: [production, shop], 0f3c: [pci], constructor: [odd] }",
    "thwart.yaml",
  )
  const cases: readonly (readonly [id: string, name: string, tags: readonly string[]])[] = [
    ["web-1", "web-1", ["production", "shop"]],
    ["0f3c", "shop-web", ["pci"]],
    ["0f3c", "web-1", ["pci", "production", "shop"]],
    ["db-1", "db-1", []],
    ["toString", "constructor", ["odd"]],
  ]
  it.each(cases)("of node %s, %s", (id, name, tags) => {
    expect(cases).toHaveLength(5)
    const node: NodeRef = { id: nodeId.parse(id), kind: "container", name }
    expect(tagsFrom(nodeTags)(node)).toEqual(tags)
  })

  it("are lists of texts", () => {
    expect(() => parseConfig("nodeTags: { web-1: production }", "thwart.yaml")).toThrow(
      /thwart\.yaml:1:\d+: error: nodeTags\.web-1/,
    )
  })
})
