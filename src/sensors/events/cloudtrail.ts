import type { Line } from "../input/index.ts"
import { createFieldWriter, type FieldWriter } from "./field-writer.ts"
import { at, isObject, type JsonObject, listAt, parseJson, textAt, timeOf } from "./json.ts"
import { type EventReader, type Reading, rawOf, unread, utf8 } from "./reading.ts"

// CloudTrail delivers files of some megabytes; one that is longer is not from there.
const mostBytes = 64 * 1024 * 1024
const mostRequest = 8192
const mostRanges = 100

/**
 * CloudTrail's log files, `{"Records":[…]}`, written in one line or many; also one record a line, and what EventBridge and
 * `aws cloudtrail lookup-events` make of them.
 */
export function createCloudTrailReader(): EventReader {
  let kept: Line[] = []
  let bytes = 0

  const readKept = (): readonly Reading[] => {
    const lines = kept
    const [first] = lines
    kept = []
    bytes = 0
    if (first === undefined) return []
    const whole = parseJson(lines.map(({ text }) => utf8(text)).join("\n"))
    // What is no JSON as a whole may be records one a line, of which one is broken.
    return whole === undefined ? lines.flatMap(readLine) : recordsOf(whole, first)
  }

  return {
    take: (line) => {
      const value = kept.length === 0 ? parseJson(utf8(line.text)) : undefined
      if (isObject(value) || Array.isArray(value)) return recordsOf(value, line)
      if (kept.length === 0 && !/^\s*[{[]/.test(line.text)) return [unread("text that is no JSON", line)]
      kept.push(line)
      bytes += line.text.length
      return bytes > mostBytes ? readKept() : []
    },
    finish: readKept,
  }
}

function readLine(line: Line): readonly Reading[] {
  const value = parseJson(utf8(line.text))
  return isObject(value) ? recordsOf(value, line) : [unread("text that is no JSON", line)]
}

function recordsOf(value: unknown, line: { readonly number: number }): readonly Reading[] {
  if (Array.isArray(value)) return value.map((record) => readRecord(record, line))
  const records = listAt(value, "Records")
  if (records.length > 0) return records.map((record) => readRecord(record, line))
  const found = listAt(value, "Events")
  if (found.length > 0) return found.map((event) => readRecord(parseJson(textAt(event, "CloudTrailEvent") ?? ""), line))
  const isEmpty = isObject(value) && (Array.isArray(value.Records) || Array.isArray(value.Events))
  return isEmpty ? [] : [readRecord(at(value, "detail") ?? value, line)]
}

function readRecord(record: unknown, line: { readonly number: number }): Reading {
  const name = textAt(record, "eventName")
  if (!isObject(record) || name === undefined) return unread("record that is none of CloudTrail", line)
  const time = timeOf(record.eventTime)
  if (time === undefined) return unread("event without a time", line)
  const fields = createFieldWriter()
  fields.set("event_type", "cloudtrail")
  fields.set("time", time)
  fields.set("category", name === "ConsoleLogin" ? "login" : "cloud")
  fields.set("action", name)
  setOutcome(fields, record, name)
  setIdentity(fields, record)
  setCall(fields, record)
  setOpened(fields, record, name)
  return { kind: "event", at: time, fields: fields.done(), raw: rawOf(JSON.stringify(record)), line: line.number }
}

function setOutcome(fields: FieldWriter, record: JsonObject, name: string): void {
  const error = textAt(record, "errorCode")
  const login = name === "ConsoleLogin" ? textAt(record, "responseElements", "ConsoleLogin") : undefined
  fields.set("success", error === undefined && (login === undefined || login === "Success"))
  fields.set("error", error)
  fields.set("message", record.errorMessage)
}

function setIdentity(fields: FieldWriter, record: JsonObject): void {
  const identity = record.userIdentity
  const issuer = at(identity, "sessionContext", "sessionIssuer")
  const type = textAt(identity, "type")
  const arn = textAt(identity, "arn")
  fields.set("cloud.identity_type", type)
  fields.set("cloud.identity", arn ?? at(identity, "invokedBy"))
  fields.set("cloud.access_key", at(identity, "accessKeyId"))
  fields.set(
    "user",
    textAt(identity, "userName") ??
      textAt(issuer, "userName") ??
      (type === "Root" ? "root" : arn?.slice(arn.lastIndexOf("/") + 1)),
  )
  fields.set("cloud.account", at(identity, "accountId") ?? record.recipientAccountId)
  const signIn = textAt(record, "additionalEventData", "MFAUsed")
  const session = textAt(identity, "sessionContext", "attributes", "mfaAuthenticated")
  fields.set("cloud.mfa", signIn === undefined ? session : signIn === "Yes")
}

function setCall(fields: FieldWriter, record: JsonObject): void {
  const request = record.requestParameters
  fields.set("cloud.region", record.awsRegion)
  fields.set("cloud.service", record.eventSource)
  fields.set("cloud.user_agent", record.userAgent)
  fields.set("cloud.read_only", record.readOnly)
  // The name of an AWS service, where one of those called.
  fields.set("connection.src_addr", record.sourceIPAddress)
  if (isObject(request)) fields.set("cloud.request", JSON.stringify(request).slice(0, mostRequest))
  const named = [
    "groupId",
    "name",
    "trailName",
    "bucketName",
    "roleName",
    "userName",
    "policyArn",
    "instanceId",
    "networkAclId",
  ]
  fields.set("cloud.resources", [
    ...listAt(record, "resources").map((resource) => at(resource, "ARN") ?? at(resource, "arn")),
    ...named.map((key) => at(request, key)),
  ])
}

/** Ranges that a security group or a network ACL lets in from now on, with the ports. */
function setOpened(fields: FieldWriter, record: JsonObject, name: string): void {
  const request = record.requestParameters
  const opened =
    name === "CreateNetworkAclEntry" || name === "ReplaceNetworkAclEntry"
      ? aclEntry(request)
      : permissions(request, name)
  fields.set("cloud.opened_to", opened.ranges)
  fields.set("cloud.opened_ports", opened.ports)
}

interface Opened {
  readonly ranges: readonly unknown[]
  readonly ports: readonly unknown[]
}

function aclEntry(request: unknown): Opened {
  if (at(request, "ruleAction") !== "allow" || at(request, "egress") === true) return { ranges: [], ports: [] }
  return {
    ranges: [at(request, "cidrBlock"), at(request, "ipv6CidrBlock")],
    ports: [at(request, "portRange", "from"), at(request, "portRange", "to")],
  }
}

function permissions(request: unknown, name: string): Opened {
  if (name === "ModifySecurityGroupRules") return modified(request)
  if (name !== "AuthorizeSecurityGroupIngress") return { ranges: [], ports: [] }
  const items = listAt(request, "ipPermissions", "items").slice(0, mostRanges)
  return {
    // What stands at the top is the older form, of one range.
    ranges: [
      at(request, "cidrIp"),
      ...items.flatMap((item) => [
        ...listAt(item, "ipRanges", "items").map((range) => at(range, "cidrIp")),
        ...listAt(item, "ipv6Ranges", "items").map((range) => at(range, "cidrIpv6")),
      ]),
    ],
    ports: [
      at(request, "fromPort"),
      at(request, "toPort"),
      ...items.flatMap((item) => [at(item, "fromPort"), at(item, "toPort")]),
    ],
  }
}

/** Written by the new form of the API, whose names begin with capitals; one rule stands alone, several in a list. */
function modified(request: unknown): Opened {
  const given = at(request, "ModifySecurityGroupRulesRequest", "SecurityGroupRule")
  const rules = (Array.isArray(given) ? given : [given]).slice(0, mostRanges).map((one) => at(one, "SecurityGroupRule"))
  return {
    ranges: rules.flatMap((rule) => [at(rule, "CidrIpv4"), at(rule, "CidrIpv6")]),
    ports: rules.flatMap((rule) => [at(rule, "FromPort"), at(rule, "ToPort")]),
  }
}
