import { createHash } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type RequestListener } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { createManualClock, messageOf } from "../../core/index.ts"
import { type FetchRulesOptions, type FetchStep, fetchRules } from "./fetch-rules.ts"
import { recordFile, recordOf } from "./record.ts"
import { replaceFolder } from "./replace-folder.ts"
import { type MadeEntry, makeTarGz } from "./testing/make-tar.ts"

const ruleOf = (id: number) => `SecRule ARGS "@contains evil" "id:${id},phase:2,block,msg:'Evil',severity:'CRITICAL'"\n`
const setOf = (version: string, ...more: readonly MadeEntry[]) =>
  makeTarGz([
    { name: `coreruleset-${version}/` },
    { name: `coreruleset-${version}/crs-setup.conf.example`, content: "" },
    { name: `coreruleset-${version}/rules/REQUEST-901-INITIALIZATION.conf`, content: ruleOf(901_001) },
    { name: `coreruleset-${version}/rules/words.data`, content: `evil\n${version}\n` },
    ...more.map((entry) => ({ ...entry, name: `coreruleset-${version}/${entry.name}` })),
  ])
const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

const routes = new Map<string, RequestListener | Buffer>()
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url ?? "")
  const route = routes.get(request.url ?? "")
  if (route === undefined) response.writeHead(404).end("no")
  else if (typeof route === "function") route(request, response)
  else response.writeHead(200, { "content-length": route.length }).end(route)
})
let origin = ""
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

let home = ""
let steps: FetchStep[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "thwart-fetch-"))
  steps = []
})
afterEach(() => {
  rmSync(home, { recursive: true, force: true })
  routes.clear()
  asked.length = 0
})

// What is asked of the sources' own servers is asked of ours.
const toOurs: typeof fetch = (input, init) => fetch(String(input).replace(/^https:\/\/[^/]+/, origin), init)

const run = (source: string, options: Partial<FetchRulesOptions> = {}, signal = new AbortController().signal) =>
  fetchRules(
    { fetch: toOurs, clock: createManualClock(1_700_000_000_000), onStep: (step) => steps.push(step), signal },
    { source, version: undefined, sha256: undefined, to: undefined, rulesDir: join(home, "rules"), ...options },
  )

const crsPath = (version: string) =>
  `/coreruleset/coreruleset/releases/download/v${version}/coreruleset-${version}-minimal.tar.gz`
const crs = () => join(home, "rules", "crs")
const treeOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${join(parentPath, name)}: ${readFileSync(join(parentPath, name), "utf8")}`)
    .sort()

describe("fetching rules", () => {
  it("follows redirects to a known source, and writes down what it was", async () => {
    const archive = setOf("4.28.0")
    routes.set(crsPath("4.28.0"), (_, response) => response.writeHead(302, { location: "/asset?token=secret" }).end())
    routes.set("/asset?token=secret", archive)
    const { outcome, folder, record } = await run("crs", { sha256: sha256Of(archive).toUpperCase() })
    expect([outcome, folder]).toEqual(["fetched", crs()])
    expect(readdirSync(folder).sort()).toEqual(["crs-setup.conf.example", "rules", recordFile])
    expect(JSON.parse(readFileSync(join(folder, recordFile), "utf8"))).toEqual(record)
    expect(record).toEqual({
      source: "crs",
      version: "4.28.0",
      from: `https://github.com${crsPath("4.28.0")}`,
      sha256: sha256Of(archive),
      fetchedAt: "2023-11-14T22:13:20.000Z",
      format: "seclang",
      rules: 1,
      warnings: 0,
    })
    expect(steps[0]).toMatchObject({ kind: "downloading", bytesRead: 0 })
    expect(steps).toContainEqual({
      kind: "downloading",
      from: record.from,
      bytesRead: archive.length,
      bytesTotal: archive.length,
    })
    expect(steps.at(-1)?.kind).toBe("checking")
  })

  it("asks nobody for a version that is there, and replaces it by another, but for the user's setup", async () => {
    routes.set(crsPath("4.27.0"), setOf("4.27.0", { name: "rules/old.conf", content: ruleOf(1) }))
    routes.set(crsPath("4.28.0"), setOf("4.28.0"))
    expect((await run("crs", { version: "v4.27.0" })).record.rules).toBe(2)
    writeFileSync(join(crs(), "crs-setup.conf"), ruleOf(2))
    asked.length = 0
    expect(await run("crs", { version: "4.27.0" })).toMatchObject({ outcome: "already", record: { version: "4.27.0" } })
    expect(asked).toEqual([])
    expect(await run("crs")).toMatchObject({ outcome: "fetched", record: { version: "4.28.0", rules: 2 } })
    expect(existsSync(join(crs(), "rules", "old.conf"))).toBe(false)
    expect(readFileSync(join(crs(), "crs-setup.conf"), "utf8")).toBe(ruleOf(2))
    expect(readdirSync(join(home, "rules"))).toEqual(["crs"])
    // Named with another checksum it is not the same.
    await expect(run("crs", { sha256: "0".repeat(64) })).rejects.toThrow(/not 0000/)
  })

  it("counts signatures, and looks every time whether there are newer ones", async () => {
    const path = "/open/suricata-7.0.3/emerging.rules.tar.gz"
    const signatures = (count: number) =>
      makeTarGz([
        { name: "rules/classification.config", content: "config classification: a,b,1\n" },
        {
          name: "rules/emerging.rules",
          content: `# a comment\n\n#alert ip any any -> any any (msg:"off"; sid:1;)\n${'alert tcp any any -> any any (msg:"on"; \\\n sid:2; rev:1;)\n'.repeat(count)}nonsense\n`,
        },
      ])
    routes.set(path, signatures(2))
    expect((await run("et-open")).record).toMatchObject({ format: "signatures", rules: 2, warnings: 1 })
    expect((await run("et-open")).outcome).toBe("already")
    routes.set(path, signatures(3))
    expect(await run("et-open")).toMatchObject({ outcome: "fetched", record: { rules: 3 } })
    expect(asked).toHaveLength(3)
  })

  it("takes an archive by its URL or path, under its own name", async () => {
    const archive = makeTarGz([{ name: "own.conf", content: ruleOf(1) }])
    routes.set("/a/own.tar.gz?key=secret", archive)
    const { folder, record } = await run(`${origin}/a/own.tar.gz?key=secret`)
    expect([folder, record.from]).toEqual([join(home, "rules", "own"), `${origin}/a/own.tar.gz`])
    writeFileSync(join(home, "rules-of-ours.tgz"), archive)
    const from = join(home, "rules-of-ours.tgz")
    expect(await run(from)).toMatchObject({ outcome: "fetched", record: { source: from, version: null } })
    expect(await run(from)).toMatchObject({ outcome: "already" })
    expect(recordOf(join(home, "rules", "rules-of-ours"))?.sha256).toBe(sha256Of(archive))
    expect(await run(from, { to: join(home, "here", "mine") })).toMatchObject({ folder: join(home, "here", "mine") })
  })

  it("waits for a server that is slow, as long as something comes", async () => {
    const archive = setOf("4.28.0")
    routes.set(crsPath("4.28.0"), async (_, response) => {
      response.writeHead(200)
      for (let at = 0; at < archive.length; at += Math.ceil(archive.length / 8)) {
        response.write(archive.subarray(at, at + Math.ceil(archive.length / 8)))
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
      response.end()
    })
    const limits = { downloadBytes: 100_000, unpackedBytes: 100_000, entries: 20, idleMs: 1500 }
    expect((await run("crs", { limits })).outcome).toBe("fetched")
  })

  it("replaces only what it fetched, or an empty folder", async () => {
    routes.set(crsPath("4.28.0"), setOf("4.28.0"))
    const to = join(home, "mine")
    mkdirSync(to)
    expect((await run("crs", { to })).outcome).toBe("fetched")
    rmSync(join(to, recordFile))
    await expect(run("crs", { to })).rejects.toThrow(/mine is not from here.*remove it/)
    await expect(run("crs", { to: join(to, "rules", "words.data") })).rejects.toThrow(/is not from here/)
  })

  it.each([
    ["a source that is none", "nothing", {}, /"nothing" is neither a known source \(crs, et-open\) nor/],
    ["a URL of another kind", "ftp://example.org/a.tar.gz", {}, /no URL that can be fetched/],
    ["a URL with a password", "https://me:secret@example.org/a.tar.gz", {}, /the URL holds a password/],
    ["a version that is none", "crs", { version: "../../evil" }, /is not a version/],
    ["a checksum that is none", "crs", { sha256: "abc" }, /"abc" is not a SHA-256/],
    ["a name that leads elsewhere", "https://example.org/...tar.gz", {}, /is no name for a folder/],
    ["a file that is not there", "/nowhere/a.tar.gz", {}, /\/nowhere\/a.tar.gz is not there/],
    ["plain HTTP", "http://192.0.2.1/a.tar.gz", {}, /is not encrypted; name the archive's --sha256/],
  ] as const)("refuses %s before it asks anybody", async (_what, source, options, why) => {
    await expect(run(source, options)).rejects.toThrow(why)
    expect(asked).toEqual([])
    expect(readdirSync(home)).toEqual([])
  })
})

describe("a fetch that fails leaves the former version as it was:", () => {
  const broken = (...more: readonly MadeEntry[]) => setOf("4.28.0", ...more)
  const good = broken()
  const cut: RequestListener = (_, response) => {
    response.writeHead(200, { "content-length": good.length }).write(good.subarray(0, 100))
    setTimeout(() => response.destroy(), 50)
  }
  const cutChunked: RequestListener = (_, response) => {
    response.writeHead(200).write(good.subarray(0, 100))
    setTimeout(() => response.destroy(), 50)
  }
  const endless: RequestListener = (_, response) => {
    response.writeHead(200)
    const more = () => {
      while (response.write(Buffer.alloc(65_536)));
    }
    response.on("drain", more)
    more()
  }
  const to =
    (location: string): RequestListener =>
    (_, response) =>
      response.writeHead(302, { location }).end()
  const limits = { downloadBytes: 200_000, unpackedBytes: 1_000_000, entries: 20 }
  const secret = 'SecRule ARGS "@pmFromFile /etc/passwd" "id:7,phase:2,pass,msg:\'x\'"\n'

  const cases: readonly (readonly [what: string, route: RequestListener | Buffer | undefined, why: RegExp])[] = [
    ["no such version", undefined, /4\.28\.0-minimal\.tar\.gz answered 404 Not Found; is there such a version/],
    ["a connection that breaks", cut, /could not be downloaded: terminated/],
    ["a connection that breaks without a length", cutChunked, /could not be downloaded: terminated/],
    ["a server that is silent", () => undefined, /sent nothing for 0\.3 s/],
    ["a server that falls silent", (_, response) => void response.writeHead(200).write("x"), /sent nothing for 0\.3 s/],
    ["a large archive", Buffer.alloc(200_001), /has 200001 bytes, more than the limit of 200000/],
    ["an archive without end", endless, /has more than the limit of 200000 bytes/],
    ["redirects without end", to(crsPath("4.28.0")), /leads on more than 5 times/],
    ["a redirect to plain HTTP", to("http://192.0.2.1/x"), /192\.0\.2\.1\/x is not encrypted/],
    ["a redirect to a file", to("file:///etc/passwd"), /leads to file:, which is not taken/],
    ["a redirect to nowhere", to("http://["), /which is no URL/],
    ["no gzip", Buffer.from("<html>sign in</html>"), /no whole gzip file.*incorrect header check/],
    ["half an archive", good.subarray(0, good.length - 20), /no whole gzip file.*unexpected end of file/],
    ["a gzip bomb", gzipSync(Buffer.alloc(2_000_000)), /no whole gzip file of at most 1000000 bytes/],
    ["a path upwards", broken({ name: "../../../../evil.conf" }), /leads out of it/],
    ["a symbolic link", broken({ name: "rules/a", type: "2", link: "/etc" }), /is a symbolic link/],
    ["a file twice", broken({ name: "rules/words.data" }), /could not be unpacked.*EEXIST/],
    ["a file where a folder is", broken({ name: "rules/words.data/x" }), /could not be unpacked/],
    ["its own record", broken({ name: recordFile, content: "{}" }), /could not be unpacked.*EEXIST/],
    [
      "rules with mistakes",
      broken({ name: "rules/a.conf", content: "SecRule ARGS\nSecNonsense\n" }),
      /have 2 mistakes:\n {2}rules\/a\.conf:1:/,
    ],
    [
      "rules that read this machine",
      broken({ name: "rules/a.conf", content: secret }),
      /rules\/a\.conf:1:27: error: the file "\/etc\/passwd" can't be read/,
    ],
    ["an archive without rules", makeTarGz([{ name: "a/README" }]), /there are neither \*\.conf nor \*\.rules/],
    ["an archive without a rule", makeTarGz([{ name: "a.conf", content: "# none\n" }]), /there is no rule in/],
    ["an empty archive", makeTarGz([]), /there are neither/],
  ]

  it.each(cases)("%s", async (_what, route, why) => {
    routes.set(crsPath("4.27.0"), setOf("4.27.0"))
    await run("crs", { version: "4.27.0" })
    const before = treeOf(home)
    expect(before).toHaveLength(4)
    if (route !== undefined) routes.set(crsPath("4.28.0"), route)
    const idleMs = why.source.startsWith("sent nothing") ? 300 : 20_000
    expect(await run("crs", { limits: { ...limits, idleMs } }).catch(messageOf)).toMatch(why)
    expect(treeOf(home)).toEqual(before)
    expect(readdirSync(join(home, "rules"))).toEqual(["crs"])
  })

  it("all of these", () => expect(cases).toHaveLength(24))

  it("being unable to take its place", () => {
    const [folder, staging] = [join(home, "crs"), join(home, "staging")]
    for (const made of [folder, staging]) mkdirSync(made)
    writeFileSync(join(folder, "a.conf"), "former")
    expect(() => replaceFolder(folder, join(staging, "nowhere"), staging)).toThrow(/ENOENT/)
    expect(readFileSync(join(folder, "a.conf"), "utf8")).toBe("former")
  })

  it("being stopped", async () => {
    routes.set(crsPath("4.27.0"), setOf("4.27.0"))
    await run("crs", { version: "4.27.0" })
    const before = treeOf(home)
    const stop = new AbortController()
    routes.set(crsPath("4.28.0"), (_, response) => {
      response.writeHead(200).write("x")
      setTimeout(() => stop.abort(), 20)
    })
    await expect(run("crs", {}, stop.signal)).rejects.toThrow(/could not be downloaded/)
    expect(treeOf(home)).toEqual(before)
  })
})
