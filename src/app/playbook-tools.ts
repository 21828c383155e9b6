import { readFileSync, statSync } from "node:fs"
import type { PlaybookCheck, PlaybookTools } from "../cli/index.ts"
import { ThwartError } from "../core/index.ts"
import { checkPlaybooks, loadPlaybooks, type PlaybookDirectory, playbookSentence } from "../response/playbooks/index.ts"
import { enforcerKinds } from "./builtins.ts"
import { yamlFilesOnDisk } from "./rule-files.ts"

/** What playbooks can name where these run. */
export function playbookDirectory(
  running: readonly string[] | null,
  notificationTargets: PlaybookDirectory["notificationTargets"],
): PlaybookDirectory {
  return { kinds: enforcerKinds, running, notificationTargets }
}

/** Playbooks of files for a server; throws with every mistake. */
export function playbooksOf(paths: readonly string[], directory: PlaybookDirectory) {
  return loadPlaybooks(paths, yamlFilesOnDisk, directory).playbooks
}

/** The tools of authors of playbooks. */
export const playbookTools: PlaybookTools = {
  check: (paths): PlaybookCheck => {
    if (paths.length === 0) throw new ThwartError("THWART_USAGE", "name a file or folder of playbooks")
    const { playbooks, files, diagnostics } = checkPlaybooks(paths, yamlFilesOnDisk, playbookDirectory(null, null))
    return {
      playbooks: playbooks.map(({ playbook }) => ({ ...playbook, sentence: playbookSentence(playbook) })),
      files,
      diagnostics,
    }
  },
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  read: (path) => {
    try {
      return readFileSync(path, "utf8")
    } catch (cause) {
      throw new ThwartError("THWART_FILE_UNREADABLE", `the file ${path} can't be read`, { cause })
    }
  },
}
