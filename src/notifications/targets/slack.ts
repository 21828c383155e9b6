import { checkedUrl, hostOf } from "../../outbound/index.ts"
import { postJson } from "./post.ts"
import type { CreateTarget, Message } from "./target.ts"

/** An incoming webhook of Slack (or Mattermost, which understands the same), with Block Kit blocks. */
export const createSlack: CreateTarget<"slack"> = ({ fetch, secrets }, config) => {
  const url = checkedUrl(secrets.resolve(config.url).reveal(), config.insecure)
  return {
    destination: hostOf(url),
    send: (message, signal) => postJson(fetch, { url, body: slackMessage(message) }, signal),
  }
}

// Limits of Block Kit: a header 150 characters, a section 3,000, a field 2,000, ten fields.
const [maxHeader, maxSection, maxField, maxFields] = [150, 3000, 2000, 10]

/** Texts are `plain_text`, which knows no mentions and no links; where Slack wants mrkdwn, nothing of it is left. */
export function slackMessage({ notice, link }: Message) {
  const fields = notice.facts.slice(0, maxFields).map(({ name, value }) => plain(`${name}: ${value}`, maxField))
  return {
    // What a telephone shows; Slack reads it as mrkdwn.
    text: escaped(`${notice.title}. ${notice.text}`, maxSection),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plain(notice.title, maxHeader) },
      { type: "section", text: plain(notice.text, maxSection) },
      ...(fields.length === 0 ? [] : [{ type: "section", fields }]),
      ...(link === null
        ? []
        : [{ type: "actions", elements: [{ type: "button", text: plain("Open in Thwart", 75), url: link }] }]),
    ],
  }
}

const plain = (text: string, most: number) => ({ type: "plain_text", text: escaped(text, most), emoji: false })

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }

/** As Slack asks for it: &, < and > as entities. Cut before an entity that would be too long, never within one. */
function escaped(text: string, most: number): string {
  let out = ""
  for (const character of text === "" ? "–" : text) {
    const next = entities[character] ?? character
    if (out.length + next.length > most - 1) return `${out}…`
    out += next
  }
  return out
}
