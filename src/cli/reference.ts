import type { Argument, Command, Option } from "commander"

/** The reference of the whole command line as Markdown, made from the commands themselves. */
export function reference(program: Command): string {
  return [
    "# Command line",
    "",
    "Made from the commands' own descriptions; `npm run docs` writes it anew.",
    "",
    "Global options may stand before or behind the command.",
    "",
    ...optionTable(program.options),
    "",
    ...program.commands.flatMap((command) => section(command, "thwart")),
  ].join("\n")
}

function section(command: Command, parent: string): readonly string[] {
  const name = `${parent} ${command.name()}`
  if (command.commands.length > 0) return command.commands.flatMap((inner) => section(inner, name))
  const words = command.registeredArguments.map(argumentWord)
  return [
    `## ${[name, ...words].join(" ")}`,
    "",
    `${sentence(command.description())}`,
    "",
    ...argumentList(command.registeredArguments),
    ...optionTable(command.options),
    "",
  ]
}

const argumentWord = (argument: Argument) => {
  const name = `${argument.name()}${argument.variadic ? "…" : ""}`
  return argument.required ? `<${name}>` : `[${name}]`
}

function argumentList(list: readonly Argument[]): readonly string[] {
  if (list.length === 0) return []
  return [
    ...list.map(
      (argument) =>
        `- \`${argument.name()}\`: ${argument.description}${argument.argChoices === undefined ? "" : ` (${argument.argChoices.join(", ")})`}`,
    ),
    "",
  ]
}

function optionTable(options: readonly Option[]): readonly string[] {
  if (options.length === 0) return []
  return [
    "| option | meaning |",
    "|---|---|",
    ...options.map(
      (option) =>
        `| \`${option.flags}\` | ${option.description}${option.argChoices === undefined ? "" : ` (${option.argChoices.join(", ")})`} |`,
    ),
  ]
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
