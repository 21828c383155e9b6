import { type EventFieldDescription, eventFields } from "../core/index.ts"

const introduction = `# Fields of events

Made from the table in the code; \`npm run docs\` writes it anew.

Linux audit, Falco, Tetragon and CloudTrail record different things in different words; as events they have these fields. An event has those
that its tool tells. HTTP transactions (out of access logs, captures, EVE JSON, the guard of the proxy) have the fields \`http.*\`, the
addresses and \`event_type = "http"\`. A comparison in a filter speaks of a value that is there: where the field is missing, neither \`=\` nor \`!=\` holds.

| tool | what is read |
|---|---|
| Linux audit | the log of auditd (raw or enriched), of syslog or the kernel; the JSON of go-audit, and of Auditbeat's auditd module. The records of one event are joined by their serial, hexadecimal fields and \`saddr\` are decoded |
| Falco | alerts with \`json_output: true\`, one a line; fields that a rule's output names |
| Tetragon | its JSON export, one event a line, also out of a container's log |
| CloudTrail | log files (\`{"Records": […]}\`), one record a line, events of EventBridge, the output of \`aws cloudtrail lookup-events\` |

All of them gzip or not. Addresses are compared as ranges: \`dst_ip = "10.0.0.0/8"\` is inside, \`!=\` outside.

| field | type | what it is |
|---|---|---|
`

/** The reference of the fields as Markdown, made from the table. */
export function eventFieldReference(): string {
  return `${introduction}${[...eventFields].map(([name, info]) => row(name, info)).join("\n")}\n`
}

function row(name: string, { type, list, label, about, sameAs, values }: EventFieldDescription): string {
  const meaning = [
    label + (about === "" ? "" : `: ${about}`),
    ...(sameAs === undefined ? [] : [`another name of \`${sameAs}\``]),
    ...(values === undefined ? [] : [values.map((value) => `\`${value}\``).join(", ")]),
  ]
  return `| \`${name}\` | ${list === true ? `${type}s` : type} | ${meaning.join("; ")} |`
}
