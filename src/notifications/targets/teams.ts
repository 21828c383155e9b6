import type { Severity } from "../../core/index.ts"
import { checkedUrl, hostOf } from "../../outbound/index.ts"
import { postJson } from "./post.ts"
import type { CreateTarget, Message } from "./target.ts"

/** A webhook of a Workflow of Microsoft Teams ("Post to a channel when a webhook request is received"), with an Adaptive Card. */
export const createTeams: CreateTarget<"teams"> = ({ fetch, secrets }, config) => {
  const url = checkedUrl(secrets.resolve(config.url).reveal(), config.insecure)
  return {
    destination: hostOf(url),
    send: (message, signal) => postJson(fetch, { url, body: teamsMessage(message) }, signal),
  }
}

const colours: Readonly<Record<Severity, string>> = {
  critical: "attention",
  high: "attention",
  medium: "warning",
  low: "default",
  info: "default",
}

/** Texts are runs of a RichTextBlock: unlike those of a TextBlock or a FactSet they know no Markdown. */
export function teamsMessage({ notice, link }: Message) {
  const actions = link === null ? [] : [{ type: "Action.OpenUrl", title: "Open in Thwart", url: link }]
  const title = { text: notice.title, weight: "bolder", size: "medium", color: colours[notice.severity] }
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      line(title),
      line({ text: notice.text }),
      ...notice.facts.map(({ name, value }) => line({ text: `${name}: `, weight: "bolder" }, { text: value })),
    ],
    actions,
  }
  const contentType = "application/vnd.microsoft.card.adaptive"
  return { type: "message", attachments: [{ contentType, contentUrl: null, content }] }
}

const line = (...runs: readonly object[]) => ({
  type: "RichTextBlock",
  inlines: runs.map((run) => ({ type: "TextRun", ...run })),
})
