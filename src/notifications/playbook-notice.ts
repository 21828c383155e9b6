import { type Notice, nodeInWords, type PlaybookNotice, type PlaybookRun } from "../core/index.ts"
import { capitalised, count, nodesInWords, shownText, shownTitle, shownValue } from "./notice-text.ts"

/** What a playbook's author wants to be told. */
export function playbookNotice({ text, run }: PlaybookNotice): Notice {
  const { id, updatedAt, severity, playbook, incident } = run
  return {
    kind: "playbook",
    at: updatedAt,
    severity,
    follows: null,
    // One of an incident comes behind what is told of it, and a pager closes it with the incident.
    subject: incident ?? id,
    title: shownTitle(`Playbook ${playbook}: ${aboutOf(run)}`),
    text: shownText(text === null ? sentenceOf(run) : `${text} ${sentenceOf(run)}`),
    facts: factsOf(run),
    path: incident === null ? "/playbooks" : `/incidents/${incident}`,
  }
}

function aboutOf({ attacker, nodes }: PlaybookRun): string {
  const [node] = nodes
  if (attacker !== null) return node === undefined ? attacker : `${attacker} at ${nodeInWords(node)}`
  return node === undefined ? "no address or node is named" : nodeInWords(node)
}

function sentenceOf({ incident, policy, count: alerts, steps }: PlaybookRun): string {
  const by = incident !== null ? `incident ${incident}` : count(alerts, "alert")
  const because = `It was set off by ${by}${policy === null ? "" : `, counted by the policy ${policy}`}.`
  const came = steps.map(({ sentence, outcome, reason }) => {
    const why = reason === null ? "" : ` (${reason})`
    return `${capitalised(sentence)}: ${outcome}${why}.`
  })
  return [because, ...came].join(" ")
}

function factsOf({ id, playbook, severity, attacker, nodes, incident }: PlaybookRun): Notice["facts"] {
  return [
    { name: "Severity", value: severity },
    { name: "Playbook", value: shownValue(playbook) },
    { name: "Attacker", value: attacker ?? "" },
    { name: "Nodes", value: shownValue(nodesInWords(nodes)) },
    { name: "Incident", value: incident ?? "" },
    { name: "Run", value: id },
  ].filter(({ value }) => value !== "")
}
