// `npm run docs`: writes the documents that are made from the code.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createCli, eventFieldReference, reference, withPlaybookFields } from "../src/cli/index.ts"
import { noWorld } from "../src/cli/testing/no-world.ts"

const folder = join(import.meta.dirname, "..", "docs", "reference")
writeFileSync(join(folder, "cli.md"), reference(createCli(noWorld(), "0.0.0").describe()))
writeFileSync(join(folder, "event-fields.md"), eventFieldReference())
const playbooks = join(folder, "playbooks.md")
writeFileSync(playbooks, withPlaybookFields(readFileSync(playbooks, "utf8")))
