import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type AccessLine, parseAccessLine } from "./access-line.ts"

const at = Date.UTC(2023, 9, 10, 20, 55, 36)
const time = "[10/Oct/2023:13:55:36 -0700]"

describe("a line of an access log", () => {
  const lines: readonly (readonly [string, string, Partial<AccessLine>])[] = [
    [
      "common",
      `203.0.113.9 - - ${time} "GET /a HTTP/1.1" 200 2326`,
      { client: "203.0.113.9" as never, requestLine: "GET /a HTTP/1.1", status: 200, sizeBytes: 2326, at, user: null },
    ],
    [
      "combined",
      `203.0.113.9 - bob ${time} "GET /a HTTP/1.1" 200 2326 "http://shop.example/" "curl/8.5"`,
      { user: "bob", referer: "http://shop.example/", userAgent: "curl/8.5", virtualHost: null },
    ],
    [
      "combined with more behind it",
      `203.0.113.9 - - ${time} "GET /a HTTP/1.1" 200 5 "-" "curl/8.5" "198.51.100.7" 0.003 "x"`,
      { referer: null, userAgent: "curl/8.5" },
    ],
    [
      "with a virtual host and port",
      `shop.example:8443 2001:db8::9 - - ${time} "GET /a HTTP/2.0" 304 - "-" "-"`,
      { virtualHost: "shop.example", virtualPort: 8443, client: "2001:db8::9" as never, sizeBytes: 0, userAgent: null },
    ],
    [
      "with a virtual host alone",
      `shop.example 203.0.113.9 - - ${time} "GET / HTTP/1.1" 200 1`,
      { virtualHost: "shop.example", virtualPort: null },
    ],
    [
      "with spaces in the user",
      `203.0.113.9 - bob the builder ${time} "GET / HTTP/1.1" 200 1`,
      { user: "bob the builder" },
    ],
    [
      "with nginx's escapes",
      `203.0.113.9 - - ${time} "GET /\\x22\\x5C\\xE4 HTTP/1.1" 400 1 "-" "a\\x22b\\x00c"`,
      { requestLine: 'GET /"\\\xe4 HTTP/1.1', userAgent: 'a"b\0c' },
    ],
    [
      "with Apache's escapes",
      `203.0.113.9 - - ${time} "GET /\\"\\\\\\t\\n HTTP/1.1" 400 1 "-" "say \\"hi\\""`,
      { requestLine: 'GET /"\\\t\n HTTP/1.1', userAgent: 'say "hi"' },
    ],
    ["with quotes in a time of its own", `203.0.113.9 - - [2023-10-10T13:55:36-07:00] "GET / HTTP/1.1" 200 1`, { at }],
    ["with milliseconds", `203.0.113.9 - - [10/Oct/2023:13:55:36.250 -0700] "GET / HTTP/1.1" 200 1`, { at: at + 250 }],
    [
      "of a TLS handshake on a plain port",
      `203.0.113.9 - - ${time} "\\x16\\x03\\x01" 400 150`,
      { requestLine: "\x16\x03\x01" },
    ],
  ]
  it("tells what it holds", () => {
    expect(lines).toHaveLength(11)
    for (const [name, line, parts] of lines) expect(parseAccessLine(line), name).toMatchObject(parts)
  })

  const broken: readonly (readonly [string, string])[] = [
    ["", "line without a time"],
    ["rubbish", "line without a time"],
    [`203.0.113.9 - - ${time}`, "line without a time"],
    [`not-an-address - - ${time} "GET / HTTP/1.1" 200 1`, "line without a client address"],
    [`203.0.113.9 - - [yesterday] "GET / HTTP/1.1" 200 1`, "line with an unreadable time"],
    [`203.0.113.9 - - [99/Foo/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`, "line with an unreadable time"],
    [`203.0.113.9 - - ${time} GET / HTTP/1.1 200 1`, "line without a request"],
    [`203.0.113.9 - - ${time} "GET / HTTP/1.1`, "line without a request"],
    [`203.0.113.9 - - ${time} "GET / HTTP/1.1" x 1`, "line without a status"],
    [`203.0.113.9 - - ${time} "GET / HTTP/1.1" 2000 1`, "line without a status"],
  ]
  it("says what is wrong with it", () => {
    expect(broken).toHaveLength(10)
    for (const [line, reason] of broken) expect(parseAccessLine(line), line).toBe(reason)
  })

  it("may hold anything, and never throws", () => {
    const good = `203.0.113.9 - - ${time} "GET /a HTTP/1.1" 200 2326 "-" "curl"`
    const mutated = fc.array(
      fc.tuple(fc.nat(good.length), fc.constantFrom('"', "\\", "\\x", "[", "]", " ", "\0", "\xff", "9")),
    )
    fc.assert(
      fc.property(mutated, (changes) => {
        let line = good
        for (const [place, text] of changes) line = line.slice(0, place) + text + line.slice(place)
        const parsed = parseAccessLine(line)
        expect(["string", "object"]).toContain(typeof parsed)
      }),
      { numRuns: 1000 },
    )
  })

  it("takes no longer for being long", () => {
    const line = `203.0.113.9 - - ${time} "GET /${"\\x41".repeat(60_000)} HTTP/1.1" 200 1 "${"\\".repeat(9999)}`
    expect(parseAccessLine(line)).toMatchObject({ requestLine: `GET /${"A".repeat(60_000)} HTTP/1.1` })
  })
})
