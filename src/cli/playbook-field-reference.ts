import { type PlaybookFieldInfo, playbookFieldTable } from "../core/index.ts"

const heading = "| field | type | of | what it is |\n|---|---|---|---|\n"

/** The page with the fields of conditions as they are, in the table at its end. */
export function withPlaybookFields(page: string): string {
  const fields: readonly (readonly [string, PlaybookFieldInfo])[] = Object.entries(playbookFieldTable)
  const [text = ""] = page.split(heading)
  return `${text}${heading}${fields.map(([name, info]) => row(name, info)).join("\n")}\n`
}

function row(name: string, { type, list, label, about, values, of }: PlaybookFieldInfo): string {
  const meaning = [
    label + (about === "" ? "" : `: ${about}`),
    ...(values === undefined ? [] : [values.map((value) => `\`${value}\``).join(", ")]),
  ]
  return `| \`${name}\` | ${list === true ? `${type}s` : type} | ${of.join(", ")} | ${meaning.join("; ")} |`
}
