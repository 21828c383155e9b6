import { existsSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

/** The Core Rule Set of the test data. */
export const crs = join(
  resolve(process.env.THWART_TEST_DATA ?? join(import.meta.dirname, "../../../shared/data")),
  "crs",
)

export const hasCrs = existsSync(join(crs, "rules"))

/** The files of the rule set with a setup of that paranoia level before them, detection only. */
export function ruleSet(level: number): readonly string[] {
  const setup = join(mkdtempSync(join(tmpdir(), "thwart-bench-")), "setup.conf")
  const settings = ["blocking_paranoia_level", "detection_paranoia_level"].map((name) => `setvar:tx.${name}=${level}`)
  writeFileSync(
    setup,
    `SecRuleEngine DetectionOnly\nSecRequestBodyAccess On\nSecAction "id:9009001,phase:1,nolog,pass,${settings.join(",")}"\n`,
  )
  return [setup, join(crs, "crs-setup.conf.example"), join(crs, "rules")]
}
