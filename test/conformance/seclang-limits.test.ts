import { describe, expect, it } from "vitest"
import { compile } from "../../src/detection/seclang/compile.ts"
import { createPersistentStore, remember } from "../../src/detection/seclang/run/persistent.ts"
import type { Exchange } from "../../src/detection/testing/exchange.ts"
import { runOn } from "./seclang-run.ts"

const form = "application/x-www-form-urlencoded"
const multipart = "multipart/form-data; boundary=B"
const asJson = 'SecRule REQUEST_HEADERS:Content-Type "json" "id:9001,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"'

const post = (type: string, body: string): Exchange => ({
  method: "POST",
  target: "/p",
  headers: { "Content-Type": type, "Content-Length": String(body.length) },
  body,
})
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index))
const fieldOf = (index: number) => `--B\r\nContent-Disposition: form-data; name="a${index}"\r\n\r\n${index}\r\n`
const fileOf = (index: number) =>
  `--B\r\nContent-Disposition: form-data; name="a${index}"; filename="f${index}"\r\n\r\n${index}\r\n`

/** A body with a file, and so many bytes that are none of it. */
function withFile(fileSize: number, restSize: number): Exchange {
  const bodyOf = (padding: number) =>
    `${fileOf(0).replace("\r\n0\r\n", `\r\n${"x".repeat(fileSize)}\r\n`)}${fieldOf(1).replace("\r\n1\r\n", `\r\n${"y".repeat(padding)}\r\n`)}--B--\r\n`
  return post(multipart, bodyOf(restSize - (bodyOf(0).length - fileSize)))
}

/** Targets with the value that a rule sees of each (its last), in the phase where all is known. */
type Seen = Readonly<Record<string, string>>

function seen(rules: string, of: Exchange, expected: Seen): Seen {
  const targets = Object.keys(expected)
  const text = targets.map(
    (target, index) =>
      `SecRule ${target} "@unconditionalMatch" "id:${index + 1},phase:4,pass,t:none,logdata:'%{MATCHED_VAR}'"`,
  )
  const { matched } = runOn(`${rules}\n${text.join("\n")}`, of)
  return Object.fromEntries(
    targets.map((target, index) => [target, matched.find(({ rule: { id } }) => id === index + 1)?.logData ?? ""]),
  )
}

interface Edge {
  readonly rules: string
  /** Something of that size. */
  readonly of: (size: number) => Exchange
  readonly limit: number
  readonly at: Seen
  readonly over: Seen
}

const fine = { REQBODY_ERROR: "0", INBOUND_DATA_ERROR: "0" }

const edges: Readonly<Record<string, Edge>> = {
  "SecRequestBodyLimit, ProcessPartial": {
    rules: "SecRequestBodyLimit 10\nSecRequestBodyLimitAction ProcessPartial",
    of: (size) => post(form, `a=${"x".repeat(size - 2)}`),
    limit: 10,
    at: { ...fine, REQUEST_BODY_LENGTH: "10", "ARGS:a": "x".repeat(8) },
    over: { ...fine, INBOUND_DATA_ERROR: "1", REQUEST_BODY_LENGTH: "10", "ARGS:a": "x".repeat(8) },
  },
  // libmodsecurity answers 403 by itself; here a rule on INBOUND_DATA_ERROR does, and what is within the limit is looked at.
  "SecRequestBodyLimit, Reject": {
    rules: "SecRequestBodyLimit 10\nSecRequestBodyLimitAction Reject",
    of: (size) => post(form, `a=${"x".repeat(size - 2)}`),
    limit: 10,
    at: { ...fine, REQUEST_BODY_LENGTH: "10", "&ARGS": "1" },
    over: { ...fine, INBOUND_DATA_ERROR: "1", REQUEST_BODY_LENGTH: "10", "&ARGS": "1" },
  },
  SecRequestBodyNoFilesLimit: {
    rules: "SecRequestBodyNoFilesLimit 10",
    of: (size) => post(form, `a=${"x".repeat(size - 2)}`),
    limit: 10,
    at: { ...fine, REQUEST_BODY_LENGTH: "10" },
    over: { REQBODY_ERROR: "1", INBOUND_DATA_ERROR: "1", REQUEST_BODY_LENGTH: "11" },
  },
  "SecRequestBodyNoFilesLimit without the bytes of files": {
    rules: "SecRequestBodyNoFilesLimit 200",
    of: (size) => withFile(5000, size),
    limit: 200,
    at: { REQBODY_ERROR: "0", FILES_COMBINED_SIZE: "5000" },
    over: { REQBODY_ERROR: "1", FILES_COMBINED_SIZE: "5000" },
  },
  "SecRequestBodyJsonDepthLimit, arrays": {
    rules: `${asJson}\nSecRequestBodyJsonDepthLimit 3`,
    of: (size) => post("application/json", `${"[".repeat(size)}1${"]".repeat(size)}`),
    limit: 3,
    at: { ...fine, "&ARGS": "1" },
    over: { ...fine, REQBODY_ERROR: "1", "&ARGS": "0" },
  },
  "SecRequestBodyJsonDepthLimit, objects": {
    rules: `${asJson}\nSecRequestBodyJsonDepthLimit 3`,
    of: (size) => post("application/json", `${'{"a":'.repeat(size)}1${"}".repeat(size)}`),
    limit: 3,
    at: { ...fine, "ARGS:json.a.a.a": "1" },
    over: { ...fine, REQBODY_ERROR: "1", "&ARGS": "0" },
  },
  "SecArgumentsLimit, query": {
    rules: "SecArgumentsLimit 3",
    of: (size) => ({ target: `/?${times(size, (index) => `a${index}=${index}`).join("&")}` }),
    limit: 3,
    at: { "&ARGS": "3", "ARGS:a2": "2" },
    over: { "&ARGS": "3", "ARGS:a2": "2&a3=3" },
  },
  // libmodsecurity forgets what is beyond without a word; here it is an error, too.
  "SecArgumentsLimit, form": {
    rules: "SecArgumentsLimit 3",
    of: (size) => post(form, times(size, (index) => `a${index}=${index}`).join("&")),
    limit: 3,
    at: { ...fine, "&ARGS": "3", "ARGS:a2": "2" },
    over: { ...fine, REQBODY_ERROR: "1", "&ARGS": "3", "ARGS:a2": "2&a3=3" },
  },
  "SecArgumentsLimit, JSON": {
    rules: `${asJson}\nSecArgumentsLimit 3`,
    of: (size) => post("application/json", `[${times(size, String).join(",")}]`),
    limit: 3,
    at: { ...fine, "&ARGS": "3", "ARGS:json.array_2": "2" },
    over: { ...fine, REQBODY_ERROR: "1", "&ARGS": "3", "ARGS:json.array_2": "23]" },
  },
  "SecArgumentsLimit, multipart": {
    rules: "SecArgumentsLimit 3",
    of: (size) => post(multipart, `${times(size, fieldOf).join("")}--B--\r\n`),
    limit: 3,
    at: { ...fine, "&ARGS": "3", "ARGS:a2": "2", MULTIPART_FILE_LIMIT_EXCEEDED: "0" },
    over: { ...fine, REQBODY_ERROR: "1", "&ARGS": "4", "ARGS:a2": "2", MULTIPART_FILE_LIMIT_EXCEEDED: "1" },
  },
  "SecArgumentsLimit, cookies": {
    rules: "SecArgumentsLimit 3",
    of: (size) => ({ headers: { Cookie: times(size, (index) => `a${index}=${index}`).join("; ") } }),
    limit: 3,
    at: { "&REQUEST_COOKIES": "3", "REQUEST_COOKIES:a2": "2" },
    over: { "&REQUEST_COOKIES": "3", "REQUEST_COOKIES:a2": "2; a3=3" },
  },
  SecUploadFileLimit: {
    rules: "SecUploadFileLimit 3",
    of: (size) => post(multipart, `${times(size, fileOf).join("")}--B--\r\n`),
    limit: 3,
    at: { ...fine, "&FILES": "3", MULTIPART_FILE_LIMIT_EXCEEDED: "0", MULTIPART_STRICT_ERROR: "0" },
    over: {
      ...fine,
      REQBODY_ERROR: "1",
      "&FILES": "4",
      MULTIPART_FILE_LIMIT_EXCEEDED: "1",
      MULTIPART_STRICT_ERROR: "1",
    },
  },
  "SecUploadFileLimit as it is": {
    rules: "",
    of: (size) => post(multipart, `${times(size, fileOf).join("")}--B--\r\n`),
    limit: 100,
    at: { "&FILES": "100", MULTIPART_FILE_LIMIT_EXCEEDED: "0" },
    over: { "&FILES": "101", MULTIPART_FILE_LIMIT_EXCEEDED: "1" },
  },
  "headers of a part": {
    rules: "",
    of: (size) =>
      post(
        multipart,
        `--B\r\nContent-Disposition: form-data; name="a"\r\n${times(size - 1, (index) => `X-${index}: y\r\n`).join("")}\r\nv\r\n--B--\r\n`,
      ),
    limit: 64,
    at: { ...fine, "&MULTIPART_PART_HEADERS": "64", "ARGS:a": "v" },
    over: { ...fine, REQBODY_ERROR: "1", "&MULTIPART_PART_HEADERS": "64", "ARGS:a": "v" },
  },
  "bytes of a boundary": {
    rules: "",
    of: (size) => {
      const boundary = "b".repeat(size)
      const body = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--${boundary}--\r\n`
      return post(`multipart/form-data; boundary=${boundary}`, body)
    },
    limit: 70,
    at: { ...fine, "ARGS:a": "v" },
    over: { ...fine, REQBODY_ERROR: "1", "ARGS:a": "v" },
  },
  "bytes of a multipart body's content type": {
    rules: "",
    of: (size) => post(`multipart/form-data;${" ".repeat(size - 30)}boundary=B`, `${fieldOf(0)}--B--\r\n`),
    limit: 1024,
    at: { ...fine, "ARGS:a0": "0" },
    over: { ...fine, REQBODY_ERROR: "1" },
  },
  "depth of XML": {
    rules: "",
    of: (size) => post("text/xml", `${"<a>".repeat(size)}x${"</a>".repeat(size)}`),
    limit: 256,
    at: { ...fine, "XML:/*": "x" },
    over: { ...fine, REQBODY_ERROR: "1" },
  },
  "attributes of XML": {
    rules: "",
    of: (size) => post("text/xml", `<a ${times(size, (index) => `b${index}="${index}"`).join(" ")}/>`),
    limit: 10_000,
    at: { ...fine, "&XML://@*": "10000" },
    over: { ...fine, REQBODY_ERROR: "1", "&XML://@*": "10000" },
  },
  "what entities of XML stand for": {
    rules: "SecRequestBodyNoFilesLimit 13107200",
    of: (size) => post("text/xml", `<!DOCTYPE a [<!ENTITY e "${"x".repeat(1000)}">]><a>${"&e;".repeat(size)}</a>`),
    limit: 1000,
    at: fine,
    over: { ...fine, REQBODY_ERROR: "1" },
  },
  "SecArgumentsLimit, XML": {
    rules: "SecParseXmlIntoArgs On\nSecArgumentsLimit 3",
    of: (size) => post("text/xml", `<a>${times(size, (index) => `<b${index}>${index}</b${index}>`).join("")}</a>`),
    limit: 3,
    at: { ...fine, "&ARGS": "3", "ARGS:xml.a.b2": "2" },
    over: { ...fine, REQBODY_ERROR: "1", "&ARGS": "3", "ARGS:xml.a.b2": "2" },
  },
  "SecResponseBodyLimit, ProcessPartial": {
    rules: "SecResponseBodyLimit 10\nSecResponseBodyLimitAction ProcessPartial",
    of: (size) => ({ answer: "x".repeat(size) }),
    limit: 10,
    at: { OUTBOUND_DATA_ERROR: "0", RESPONSE_BODY: "x".repeat(10), RESPONSE_CONTENT_LENGTH: "10" },
    over: { OUTBOUND_DATA_ERROR: "1", RESPONSE_BODY: "x".repeat(10), RESPONSE_CONTENT_LENGTH: "10" },
  },
  "SecResponseBodyLimit, Reject": {
    rules: "SecResponseBodyLimit 10\nSecResponseBodyLimitAction Reject",
    of: (size) => ({ answer: "x".repeat(size) }),
    limit: 10,
    at: { OUTBOUND_DATA_ERROR: "0", RESPONSE_BODY: "x".repeat(10) },
    over: { OUTBOUND_DATA_ERROR: "1", RESPONSE_BODY: "x".repeat(10) },
  },
}

describe("each limit", () => {
  it("holds at its edge, and what is beyond is told of and never hidden", () => {
    expect(Object.keys(edges)).toHaveLength(22)
    for (const [name, { rules, of, limit, at, over }] of Object.entries(edges)) {
      expect(seen(rules, of(limit), at), name).toEqual(at)
      expect(seen(rules, of(limit + 1), over), `${name}, over`).toEqual(over)
    }
  })
})

describe("bodies that are made to take long", () => {
  const laughs = times(15, (index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`).join("")
  const hostile: readonly (readonly [name: string, of: Exchange])[] = [
    ["billion laughs", post("text/xml", `<!DOCTYPE a [<!ENTITY e0 "ha">${laughs}]><a>&e15;</a>`)],
    ["an entity of brackets", post("text/xml", `<!DOCTYPE a [<!ENTITY e "${"<".repeat(100_000)}">]><a>&e;</a>`)],
    ["an entity of itself", post("text/xml", `<!DOCTYPE a [<!ENTITY e "&e;&e;">]><a>&e;</a>`)],
    ["ampersands", post("text/xml", `<a>${"&".repeat(100_000)}</a>`)],
    ["declarations", post("text/xml", `<!DOCTYPE a [${"<!ENTITY e 'x'>".repeat(7000)}]><a>&e;</a>`)],
    ["boundaries in a content type", post(`multipart/form-data; ${"boundary".repeat(10_000)}`, fieldOf(0))],
    ["boundaries in a body", post(multipart, "--B\r\n".repeat(20_000))],
    ["dashes", post(multipart, `${fieldOf(0)}${"--\r\n".repeat(20_000)}`)],
    [
      "a disposition of blanks",
      post(multipart, `--B\r\nContent-Disposition: form-data;${" ".repeat(100_000)}\r\n\r\nx\r\n--B--\r\n`),
    ],
    [
      "a disposition of names",
      post(multipart, `--B\r\nContent-Disposition: form-data;${" name=a;".repeat(10_000)}\r\n\r\nx\r\n--B--\r\n`),
    ],
    [
      "an open quote",
      post(multipart, `--B\r\nContent-Disposition: form-data; name="${"\\a".repeat(50_000)}\r\n\r\nx\r\n--B--\r\n`),
    ],
    ["separators", { target: `/?${"&".repeat(100_000)}` }],
    ["cookies", { headers: { Cookie: ";".repeat(100_000) } }],
  ]
  it("end soon, all the same", () => {
    expect(hostile).toHaveLength(13)
    for (const [name, of] of hostile) {
      const start = process.cpuUsage()
      runOn('SecRule ARGS|XML:/*|REQUEST_COOKIES|FILES "@rx never" "id:1,phase:2,pass"', of)
      const { user, system } = process.cpuUsage(start)
      expect((user + system) / 1000, name).toBeLessThan(500)
    }
  })
})

describe("what rules may keep", () => {
  it("is 5,000 variables of a transaction", () => {
    const count = (names: number) => {
      const target = `/?${times(names, (index) => `n${index}`).join("&")}`
      const rules = `SecArgumentsLimit 10000
SecRule ARGS_NAMES "@rx ." "id:1,phase:1,pass,nolog,t:none,setvar:'tx.%{MATCHED_VAR}=1'"
SecRule &TX "@ge 0" "id:2,phase:1,pass,t:none,logdata:'%{MATCHED_VAR}'"
SecRule ARGS:n0 "@unconditionalMatch" "id:3,phase:1,pass,nolog,t:none,setvar:tx.n0=changed"
SecRule TX:n0 "@streq changed" "id:4,phase:1,pass,t:none"`
      return runOn(rules, { target })
        .matched.filter(({ rule }) => !rule.silent)
        .map(({ rule: { id }, logData }) => [id, logData])
    }
    expect(count(4999)).toEqual([
      [2, "4999"],
      [4, ""],
    ])
    expect(count(5000)).toEqual([
      [2, "5000"],
      [4, ""],
    ])
    expect(count(5001)).toEqual([
      [2, "5000"],
      [4, ""],
    ])
  })

  it("is 200 values of a record", () => {
    const record = createPersistentStore({ maxRecords: 1, timeoutMs: 1000 }).open("ip", "k", 0)
    for (let index = 0; index < 201; index++) remember(record, `n${index}`, "1")
    expect(record.values.size).toBe(200)
    remember(record, "n0", "2")
    remember(record, "n200", "2")
    expect([record.values.get("n0"), record.values.get("n200")]).toEqual(["2", undefined])
  })

  it("is so many records, of which the one that was longest unused goes first", () => {
    const store = createPersistentStore({ maxRecords: 2, timeoutMs: 1000 })
    for (const key of ["a", "b"]) remember(store.open("ip", key, 0), "n", key)
    store.open("ip", "a", 1)
    store.open("ip", "c", 2)
    expect(store.open("ip", "a", 3).values.get("n")).toBe("a")
    expect(store.open("ip", "b", 4).values.get("n")).toBeUndefined()
  })

  it("lasts as long as SecCollectionTimeout says, from the last use on", () => {
    const store = createPersistentStore({ maxRecords: 2, timeoutMs: 1000 })
    remember(store.open("ip", "a", 0), "n", "1")
    expect(store.open("ip", "a", 1000).values.get("n")).toBe("1")
    expect(store.open("ip", "a", 2000).values.get("n")).toBe("1")
    expect(store.open("ip", "a", 3001).values.get("n")).toBeUndefined()
  })
})

const problems = (text: string, files: Readonly<Record<string, string>> = {}) =>
  compile([{ path: "test.conf", text }], (_, name) => files[name] ?? "").diagnostics.map(({ message }) => message)

/** What modsecurity.conf-recommended says, by its directives; its comments are its own. */
const recommended = `SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" "id:'200000',phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:'200001',phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecRequestBodyLimitAction Reject
SecRequestBodyJsonDepthLimit 512
SecArgumentsLimit 1000
SecRule &ARGS "@ge 1000" "id:'200007',phase:2,t:none,log,deny,status:400,msg:'Too many arguments',severity:2"
SecRule REQBODY_ERROR "!@eq 0" "id:'200002',phase:2,t:none,log,deny,status:400,msg:'Body not understood',logdata:'%{reqbody_error_msg}',severity:2"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" "id:'200003',phase:2,t:none,log,deny,status:400,msg:'Odd multipart: \\
  %{REQBODY_PROCESSOR_ERROR} %{MULTIPART_BOUNDARY_QUOTED} %{MULTIPART_BOUNDARY_WHITESPACE} %{MULTIPART_DATA_BEFORE} \\
  %{MULTIPART_DATA_AFTER} %{MULTIPART_HEADER_FOLDING} %{MULTIPART_LF_LINE} %{MULTIPART_MISSING_SEMICOLON} \\
  %{MULTIPART_INVALID_QUOTING} %{MULTIPART_INVALID_PART} %{MULTIPART_INVALID_HEADER_FOLDING} %{MULTIPART_FILE_LIMIT_EXCEEDED}'"
SecRule MULTIPART_UNMATCHED_BOUNDARY "@eq 1" "id:'200004',phase:2,t:none,log,deny,msg:'A boundary that fits none'"
SecPcreMatchLimit 1000
SecPcreMatchLimitRecursion 1000
SecRule TX:/^MSC_/ "!@streq 0" "id:'200005',phase:2,t:none,deny,msg:'Flagged: %{MATCHED_VAR_NAME}'"
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html text/xml
SecResponseBodyLimit 524288
SecResponseBodyLimitAction ProcessPartial
SecTmpDir /tmp/
SecDataDir /tmp/
SecUploadDir /opt/modsecurity/var/upload/
SecUploadKeepFiles RelevantOnly
SecUploadFileMode 0600
SecDebugLog /opt/modsecurity/var/log/debug.log
SecDebugLogLevel 3
SecAuditEngine RelevantOnly
SecAuditLogRelevantStatus "^(?:5|4(?!04))"
SecAuditLogParts ABIJDEFHZ
SecAuditLogType Serial
SecAuditLog /var/log/modsec_audit.log
SecAuditLogStorageDir /opt/modsecurity/var/audit/
SecArgumentSeparator &
SecCookieFormat 0
SecUnicodeMapFile unicode.mapping 20127
SecStatusEngine Off
SecParseXmlIntoArgs Off
`
const mapping = { "unicode.mapping": "20127 (US-ASCII)\n00a0:20 0100:41\n" }

describe("the recommended configuration", () => {
  it("is understood to its last directive", () => {
    expect(problems(recommended, mapping)).toEqual([])
  })

  const cases: readonly (readonly [name: string, of: Exchange, ids: readonly number[]])[] = [
    ["a request", { target: "/?a=1" }, []],
    ["a form", post(form, "a=1&b=2"), []],
    ["a multipart body", post(multipart, `${fieldOf(0)}${fileOf(1)}--B--\r\n`), []],
    [
      "a certificate in a file",
      post(multipart, `${fileOf(0).replace("\r\n0\r\n", "\r\n-----BEGIN CERTIFICATE-----\r\nMIIB\r\n")}--B--\r\n`),
      [],
    ],
    ["JSON", post("application/json", '{"a":1}'), []],
    ["XML", post("text/xml", "<a>x</a>"), []],
    ["999 arguments", { target: `/?${times(999, (index) => `a${index}`).join("&")}` }, []],
    ["1,000 arguments", { target: `/?${times(1000, (index) => `a${index}`).join("&")}` }, [200007]],
    ["bad JSON", post("application/json", '{"a":'), [200002]],
    ["bad XML", post("text/xml", "<a>"), [200002]],
    ["a multipart body without an end", post(multipart, fieldOf(0)), [200002]],
    ["one with a boundary in quotes", post('multipart/form-data; boundary="B"', `${fieldOf(0)}--B--\r\n`), [200003]],
    ["one with lines of LF", post(multipart, `${fieldOf(0)}--B--\r\n`.replaceAll("\r", "")), [200003]],
    [
      "one whose last boundary fits none",
      post(multipart, `${fieldOf(0)}--B\r\nContent-Disposition: form-data; name="b"\r\n\r\nx\r\n--C--\r\n`),
      [200002, 200004],
    ],
    ["131,072 bytes", post(form, `a=${"x".repeat(131_070)}`), []],
    ["131,073 bytes", post(form, `a=${"x".repeat(131_071)}`), [200002]],
  ]
  it("passes what is good and tells what is not", () => {
    expect(cases).toHaveLength(16)
    for (const [name, of, ids] of cases)
      expect(
        runOn(recommended, of, mapping)
          .matched.filter(({ rule }) => !rule.silent)
          .map(({ rule }) => rule.id),
        name,
      ).toEqual(ids)
  })
})

describe("settings", () => {
  const mistakes: readonly (readonly [text: string, message: RegExp])[] = [
    ["SecRequestBodyLimitAction Refuse", /"Refuse" is none of Reject, ProcessPartial/],
    ["SecResponseBodyLimitAction Nope", /"Nope" is none of Reject, ProcessPartial/],
    ["SecRequestBodyLimit -1", /"-1" is not a number from 1/],
    ["SecRequestBodyLimit ten", /"ten" is not a number/],
    ["SecRequestBodyJsonDepthLimit 1.5", /"1.5" is not a number/],
    ["SecArgumentsLimit", /needs 1 arguments/],
    ["SecUploadFileLimit all", /"all" is not a number/],
    ["SecCollectionTimeout never", /"never" is not a number/],
    ["SecParseXmlIntoArgs Maybe", /"Maybe" is none of On, Off, OnlyArgs/],
    ["SecArgumentSeparator &&", /is not one character/],
    ["SecRuleEngine Perhaps", /is none of On, Off, DetectionOnly/],
    ["SecResponseBodyAccess 1", /neither On nor Off/],
  ]
  it("with a mistake are told of", () => {
    expect(mistakes).toHaveLength(12)
    for (const [text, message] of mistakes) expect(problems(text), text).toEqual([expect.stringMatching(message)])
  })

  const xml = post("text/xml", '<a><b>x</b><c d="1">y<e>z</e></c><f/></a>')
  const cases: readonly (readonly [rules: string, of: Exchange, seen: Seen])[] = [
    ["SecParseXmlIntoArgs Off", xml, { "&ARGS": "0", "XML:/*": "xyz" }],
    ["SecParseXmlIntoArgs On", xml, { "&ARGS": "2", "ARGS:xml.a.b": "x", "ARGS:xml.a.c.e": "z", "XML:/*": "xyz" }],
    ["SecParseXmlIntoArgs OnlyArgs", xml, { "&ARGS": "2", "ARGS:xml.a.b": "x", "&XML:/*": "0" }],
    ["SecArgumentSeparator ;", { target: "/?a=1;b=2&c" }, { "&ARGS": "2", "ARGS:b": "2&c" }],
    ["SecRequestBodyAccess Off", post(form, "a=1"), { "&ARGS": "0", REQUEST_BODY: "" }],
    ["SecResponseBodyAccess Off", { answer: "x" }, { RESPONSE_BODY: "", RESPONSE_STATUS: "200" }],
    [
      "SecResponseBodyMimeType text/html",
      { answer: "x", answerHeaders: { "Content-Type": "text/html; charset=x" } },
      { RESPONSE_BODY: "x" },
    ],
    [
      "SecResponseBodyMimeType text/html",
      { answer: "x", answerHeaders: { "Content-Type": "text/plain" } },
      { RESPONSE_BODY: "" },
    ],
    [
      "SecResponseBodyMimeType text/html\nSecResponseBodyMimeTypesClear",
      { answer: "x", answerHeaders: { "Content-Type": "text/html" } },
      { RESPONSE_BODY: "" },
    ],
  ]
  it("change what rules see", () => {
    expect(cases).toHaveLength(9)
    for (const [rules, of, expected] of cases) expect(seen(rules, of, expected), rules).toEqual(expected)
  })
})
