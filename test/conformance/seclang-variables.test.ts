import { describe, expect, it } from "vitest"
import { variables } from "../../src/detection/seclang/variables/variables.ts"
import type { Exchange } from "../../src/detection/testing/exchange.ts"
import { runnerOf, runOn } from "./seclang-run.ts"
import { asModSecurity, differences, type Expected, setup } from "./tables/variables.ts"

type Seen = readonly [variable: string, value: string]

/** `ARGS:id`, or `RESPONSE_STATUS in phase 3`. */
function readTarget(text: string): { readonly target: string; readonly phase: number } {
  const [target = "", phase = "2"] = text.split(" in phase ")
  return { target, phase: Number(phase) }
}

/** All values that a rule sees of a target, sorted: members of ModSecurity's collections have no order. */
function valuesOf(text: string, of: Exchange): readonly Seen[] {
  const { target, phase } = readTarget(text)
  const rule = `SecRule "${target}" "@unconditionalMatch" "id:1,phase:${phase},pass,t:none"`
  const found = runOn(setup + rule, of).matched.find(({ rule: { id } }) => id === 1)
  return (found?.matches ?? []).map(({ variable, text: value }): Seen => [variable, value]).sort()
}

/** The values that are expected, under the name that a match has. */
function named(text: string, expected: readonly Expected[]): readonly Seen[] {
  const { target } = readTarget(text)
  const variable = /^&?[A-Z_]+/.exec(target)?.[0] ?? ""
  return expected
    .map((one): Seen => {
      if (typeof one !== "string") return [`${variable}:${one[0]}`, one[1]]
      return [target.startsWith("&") ? (target.split("|", 1)[0] ?? "") : variable, one]
    })
    .sort()
}

const isOne = (text: string) => !/[|]/.test(readTarget(text).target)

describe("each variable", () => {
  it("has the values that ModSecurity gives it", () => {
    const cases = asModSecurity.flatMap(({ of, values }) =>
      Object.entries(values).map(([target, expected]) => ({ of, target, expected })),
    )
    expect(cases).toHaveLength(1497)
    for (const { of, target, expected } of cases) {
      const seen = valuesOf(target, of)
      const about = `${target} of ${JSON.stringify(of)}`
      if (isOne(target)) expect(seen, about).toEqual(named(target, expected))
      else
        expect(seen.map(([, value]) => value).sort(), about).toEqual(
          expected.map((one) => (typeof one === "string" ? one : one[1])).sort(),
        )
    }
  })

  it("differs where ModSecurity's manual does, or where it would leave something out", () => {
    const cases = differences.flatMap(({ cases: own }) => own)
    expect(cases).toHaveLength(75)
    for (const { of, variable, modSecurity, ours } of cases) {
      expect(
        valuesOf(variable, of)
          .map(([, value]) => value)
          .sort(),
        `${variable} of ${JSON.stringify(of)}`,
      ).toEqual([...ours].sort())
      expect(ours, `${variable} of ${JSON.stringify(of)}`).not.toEqual(modSecurity)
    }
  })
})

describe("bodies that random changes came upon", () => {
  const post = (type: string, body: string): Exchange => ({
    method: "POST",
    headers: { "Content-Type": type, "Content-Length": String(body.length) },
    body,
  })
  const json = (body: string) => post("application/json", body)
  const xml = (body: string) => post("text/xml", body)
  const part = (disposition: string, content = "v") =>
    `--B\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`
  const multi = (body: string) => post("multipart/form-data; boundary=B", body)
  // As libmodsecurity 3.0.9 says.
  const cases: readonly (readonly [of: Exchange, variable: string, value: string])[] = [
    [json('"\xa9"'), "REQBODY_ERROR", "1"],
    [json('"\xc3a"'), "REQBODY_ERROR", "1"],
    [json('"\xc3\xa4"'), "REQBODY_ERROR", "0"],
    [xml("<a>\0</a>"), "REQBODY_ERROR", "1"],
    [xml("<a><!-- \0 --></a>"), "REQBODY_ERROR", "1"],
    [xml("<a>\t</a>"), "REQBODY_ERROR", "0"],
    [xml("<a 0='2'/>"), "REQBODY_ERROR", "1"],
    [xml('<a y&0="1"/>'), "REQBODY_ERROR", "1"],
    [xml('<a xmlns:n="u&"/>'), "REQBODY_ERROR", "1"],
    [xml("<a>]]></a>"), "REQBODY_ERROR", "1"],
    [xml('<a><?"p i?></a>'), "REQBODY_ERROR", "1"],
    [xml("<a><?p> i?></a>"), "REQBODY_ERROR", "1"],
    [xml("<a><?p i?></a>"), "REQBODY_ERROR", "0"],
    [xml("<a>a & b</a>"), "REQBODY_ERROR", "1"],
    [xml("<a>&nope;</a>"), "REQBODY_ERROR", "1"],
    [xml("<a>&#0;</a>"), "REQBODY_ERROR", "1"],
    [xml('<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>'), "XML:/*", "v"],
    [xml('<!DOCTYPE a [<!ENTITY e "v"><!ENTITY f "&e;&e;">]><a>&f;</a>'), "XML:/*", "vv"],
    [xml('<!DOCTYPE a [<!ENTITY e "<b>v</b>">]><a>&e;</a>'), "XML:/*", "v"],
    [xml('<!DOCTYPE a [<!ENTITY e "v">]><a b="&e;"/>'), "XML://@*", "v"],
    [xml('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>x&e;y</a>'), "XML:/*", "xy"],
    [multi(`${part('name="it\'s"')}--B--\r\n`), "MULTIPART_INVALID_QUOTING", "0"],
    [multi(`${part("name=it's")}--B--\r\n`), "MULTIPART_INVALID_QUOTING", "1"],
    [multi(`${part('name="a"; filename="it\'s.txt"')}--B--\r\n`), "MULTIPART_STRICT_ERROR", "0"],
    [multi(`${part('name="a"; filename="it\'s.txt"')}--B--\r\n`), "FILES", "it's.txt"],
    [multi(`${part('name="a"', "-").replace("-\r\n", "-\n")}--B--\r\n`), "MULTIPART_LF_LINE", "1"],
    [multi(`${part('name="a"')}--B--`), "MULTIPART_UNMATCHED_BOUNDARY", "0"],
    [multi(`${part('name="a"', "--")}--B--`), "MULTIPART_UNMATCHED_BOUNDARY", "1"],
    [multi(`${part('\rname="a"')}--B--\r\n`), "REQBODY_ERROR", "1"],
    [{ target: "/?&a=1" }, "&ARGS", "2"],
    [{ target: "/?a=1&" }, "&ARGS", "1"],
    [{ target: "/?&&" }, "&ARGS", "2"],
  ]
  it("are judged as ModSecurity judges them", () => {
    expect(cases).toHaveLength(32)
    for (const [of, variable, value] of cases)
      expect(
        valuesOf(variable, of).map(([, text]) => text),
        `${variable} of ${of.body ?? of.target}`,
      ).toEqual([value])
  })
})

describe("variables of the moment", () => {
  const value = (name: string, of: Exchange = {}) => valuesOf(name, of).map(([, text]) => text)

  it("tell the time of the transaction in UTC", () => {
    // 1,700,000,000 seconds: Tuesday, 14 November 2023, 22:13:20.
    const cases: readonly (readonly [name: string, value: string])[] = [
      ["TIME", "22:13:20"],
      ["TIME_DAY", "14"],
      ["TIME_EPOCH", "1700000000"],
      ["TIME_HOUR", "22"],
      ["TIME_MIN", "13"],
      // Months count from 0.
      ["TIME_MON", "10"],
      ["TIME_SEC", "20"],
      ["TIME_WDAY", "2"],
      ["TIME_YEAR", "2023"],
    ]
    expect(cases).toHaveLength(9)
    for (const [name, text] of cases) expect(value(name), name).toEqual([text])
  })

  it("give each transaction an id of its own", () => {
    const run = runnerOf('SecRule UNIQUE_ID "@rx ." "id:1,phase:1,pass,t:none"')
    const ids = [1, 2, 3].map(() => run({}).matched[0]?.matches[0]?.text)
    expect(new Set(ids).size).toBe(3)
  })

  it("tell the status line of an answer", () => {
    expect(value("STATUS_LINE in phase 3", { status: 404 })).toEqual(["HTTP/1.1 404 OK"])
  })
})

describe("what rules say and remember", () => {
  const logged = (rules: string, of: Exchange = { target: "/?a=1&b=2" }) =>
    runOn(rules, of).matched.map(({ logData }) => logData)
  const cases: readonly (readonly [name: string, rules: string, logged: readonly string[]])[] = [
    [
      "RULE",
      `SecRule ARGS:a "@eq 1" "id:7,phase:2,pass,t:none,severity:CRITICAL,ver:v,rev:3,msg:'m',logdata:'%{RULE.id} %{RULE.severity} %{RULE.ver} %{RULE.rev} %{RULE.msg}'"`,
      ["7 2 v 3 m"],
    ],
    [
      "MATCHED_VAR in its own rule",
      `SecRule ARGS "@rx 2" "id:1,phase:2,pass,t:none,logdata:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"`,
      ["ARGS:b=2"],
    ],
    [
      "MATCHED_VAR is that behind transformations",
      `SecRule ARGS:a "@rx ." "id:1,phase:2,pass,t:none,t:hexEncode,logdata:'%{MATCHED_VAR}'"`,
      ["31"],
    ],
    [
      "MATCHED_VARS in a chain",
      `SecRule ARGS "@rx ." "id:1,phase:2,pass,t:none,chain"\nSecRule MATCHED_VARS "@streq 2" "t:none,setvar:'tx.x=%{MATCHED_VAR}'"\nSecRule TX:x "@rx ." "id:2,phase:2,pass,t:none,logdata:'%{TX.x}'"`,
      ["", "2"],
    ],
    [
      "HIGHEST_SEVERITY",
      `SecRule ARGS:a "@rx ." "id:1,phase:2,pass,t:none,severity:3"\nSecRule ARGS:b "@rx ." "id:2,phase:2,pass,t:none,severity:5,logdata:'%{HIGHEST_SEVERITY}'"`,
      ["", "3"],
    ],
    [
      "HIGHEST_SEVERITY at first",
      `SecRule ARGS:a "@rx ." "id:1,phase:2,pass,t:none,logdata:'%{HIGHEST_SEVERITY}'"`,
      ["255"],
    ],
    ["WEBAPPID", `SecWebAppId shop\nSecRule ARGS:a "@rx ." "id:1,phase:2,pass,t:none,logdata:'%{WEBAPPID}'"`, ["shop"]],
    [
      "ENV",
      `SecRule ARGS:a "@rx ." "id:1,phase:2,pass,t:none,setenv:'seen=%{ARGS.a}'"\nSecRule ENV:seen "@eq 1" "id:2,phase:2,pass,t:none,logdata:'%{ENV.seen}'"`,
      ["", "1"],
    ],
    [
      "TX by any case",
      `SecRule ARGS:a "@rx ." "id:1,phase:2,pass,t:none,setvar:'tx.Some_Name=%{ARGS.a}',logdata:'%{tx.some_name}%{TX.SOME_NAME}'"`,
      ["11"],
    ],
  ]
  it("can be asked for by rules", () => {
    expect(cases).toHaveLength(9)
    for (const [name, rules, texts] of cases) expect(logged(rules), name).toEqual(texts)
  })

  it("lasts in collections that were opened, under one key, and is empty in those that were not", () => {
    const run =
      runnerOf(`SecRule REQUEST_HEADERS:X "@rx ." "id:1,phase:1,pass,t:none,nolog,initcol:ip=%{REMOTE_ADDR},initcol:global=all,setsid:%{MATCHED_VAR},setuid:u,setrsc:%{REQUEST_FILENAME},setvar:ip.n=+1,setvar:session.n=+1,setvar:user.n=+1,setvar:resource.n=+1,setvar:global.n=+1"
SecRule REQUEST_HEADERS:X "@rx ." "id:2,phase:2,pass,t:none,logdata:'%{IP.n} %{SESSION.n} %{USER.n} %{RESOURCE.n} %{GLOBAL.n} %{SESSIONID} %{USERID} %{IP.key}'"
SecRule &IP|&SESSION "@gt 0" "id:3,phase:2,pass,t:none"`)
    const told = (x: string, target: string) => run({ headers: { X: x }, target }).matched[0]?.logData
    expect(told("s", "/a")).toBe("1 1 1 1 1 s u 203.0.113.66")
    expect(told("s", "/a")).toBe("2 2 2 2 2 s u 203.0.113.66")
    expect(told("t", "/b")).toBe("3 1 3 1 3 t u 203.0.113.66")
    expect(run({}).matched).toEqual([])
  })
})

describe("the table of variables", () => {
  it("leaves none out", () => {
    const elsewhere = [
      "DURATION",
      "MULTIPART_FILE_LIMIT_EXCEEDED",
      "GEO",
      "MODSEC_BUILD",
      "REQBODY_ERROR_MSG",
      "REQBODY_PROCESSOR_ERROR_MSG",
      "USER",
      "RESOURCE",
      "ENV",
      "WEBAPPID",
      "USERID",
      "SESSIONID",
      "STATUS_LINE",
      "FULL_REQUEST",
      "FULL_REQUEST_LENGTH",
      "UNIQUE_ID",
      "MATCHED_VAR",
      "MATCHED_VAR_NAME",
    ]
    const covered = new Set(
      [...asModSecurity.flatMap(({ values }) => Object.keys(values))].flatMap((text) =>
        readTarget(text)
          .target.split("|")
          .map((one) => one.replace(/^[!&]/, "").replace(/:.*/, "")),
      ),
    )
    const missing = variables
      .map(({ name }) => name)
      .filter((name) => !covered.has(name) && !elsewhere.includes(name) && !name.startsWith("TIME"))
    expect(missing).toEqual([])
  })
})
