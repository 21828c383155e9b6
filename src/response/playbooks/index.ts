export type { PlaybookDesk, ShownPlaybook } from "./desk.ts"
export type { EnforcerKind, PlaybookDirectory } from "./directory.ts"
export type { DryRun, Evidence, PreviewedCalls } from "./dry-run.ts"
export type { CheckedPlaybooks, PlaybookFiles } from "./file.ts"
/** Reads playbooks from YAML. */
export { checkPlaybooks, loadPlaybooks, maxPlaybookText, parsePlaybooks } from "./file.ts"
export type { PlaybookSettings } from "./playbooks.ts"
/** A playbook in English. */
export { playbookSentence } from "./sentence.ts"
