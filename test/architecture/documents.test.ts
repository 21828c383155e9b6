import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { createCli, eventFieldReference, reference, withPlaybookFields } from "../../src/cli/index.ts"
import { noWorld } from "../../src/cli/testing/no-world.ts"
import { errorCodes } from "../../src/core/index.ts"
import { root } from "./imports.ts"

const read = (path: string) => readFileSync(join(root, path), "utf8")

describe("the documents", () => {
  it("explain every error code, and no other", () => {
    const explained = [...read("docs/reference/errors.md").matchAll(/^\| `(THWART_\w+)`/gm)].map(([, code]) => code)
    expect(explained.sort()).toEqual([...errorCodes].sort())
  })

  it("hold the command line as it is (npm run docs)", () => {
    expect(read("docs/reference/cli.md")).toBe(reference(createCli(noWorld(), "0.0.0").describe()))
  })

  it("hold the fields of events as they are (npm run docs)", () => {
    expect(read("docs/reference/event-fields.md")).toBe(eventFieldReference())
  })

  it("hold the fields of playbooks as they are (npm run docs)", () => {
    const page = read("docs/reference/playbooks.md")
    expect(page).toBe(withPlaybookFields(page))
  })

  it("lead nowhere that is not there", () => {
    const pages = [
      "README.md",
      "CONTRIBUTING.md",
      "rules/README.md",
      ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md"))
        .map((name) => `docs/${name}`),
    ]
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to]) => ({
        page,
        to: join(dirname(page), to ?? ""),
      })),
    )
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter(({ to }) => !existsSync(join(root, to)))).toEqual([])
  })
})
