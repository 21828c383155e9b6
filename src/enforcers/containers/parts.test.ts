import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { createDockerApi } from "./docker-api.ts"
import { type Attachment, createEngine } from "./engine.ts"
import { ownContainerIds } from "./identity.ts"
import { plainLog } from "./log-stream.ts"
import { maskJson, maskText, maskVariable } from "./mask.ts"
import { pingThen, startFakeDocker } from "./testing/fake-docker.ts"

const signal = AbortSignal.timeout(60_000)
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe("a log in frames", () => {
  const frame = (text: string, stream = 1) => {
    const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
    header.writeUInt32BE(Buffer.byteLength(text), 4)
    return Buffer.concat([header, Buffer.from(text)])
  }

  it("is the text of its payloads in order, as far as it was not cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme-ascii" }), { maxLength: 5 }), fc.nat(200), (texts, length) => {
        const whole = Buffer.concat(texts.map((text, index) => frame(text, 1 + (index % 2))))
        expect(plainLog(whole)).toBe(texts.join(""))
        expect(texts.join("").startsWith(plainLog(whole.subarray(0, length)))).toBe(true)
      }),
    )
  })
})

describe("masking", () => {
  const secrets = fc.stringMatching(/^[A-Za-z0-9+/_-]{8,40}$/)

  it("lets no value of an environment through but those known to be harmless", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z_]{1,20}$/), secrets, (name, secret) => {
        fc.pre(!/VERSION$|^LC_/.test(name))
        const shown = maskVariable(`X${name}=${secret}`)
        expect(shown).toBe(`X${name}=***`)
      }),
    )
    for (const kept of ["PATH=/bin", "LD_PRELOAD=/tmp/x.so", "NODE_VERSION=24"]) expect(maskVariable(kept)).toBe(kept)
  })

  const places: readonly ((secret: string) => string)[] = [
    (secret) => `postgres://app:${secret}@db/shop`,
    (secret) => `mysql --password=${secret} shop`,
    (secret) => `login --token ${secret}`,
    (secret) => `{"api_key": "${secret}"}`,
    (secret) => `Authorization: Bearer ${secret}`,
    (secret) => `DB_PASSWORD=${secret}`,
  ]
  it("hides a secret wherever secrets usually stand in a text", () => {
    expect(places).toHaveLength(6)
    fc.assert(
      fc.property(fc.constantFrom(...places), secrets, (place, secret) => {
        fc.pre(!secret.includes("/") && !place("").includes(secret))
        expect(maskText(place(secret))).not.toContain(secret)
      }),
    )
  })

  it("hides the value behind a flag of its own, and by the name of a key, at any depth", () => {
    const shown = maskJson({
      Config: { Env: ["A=1"], Cmd: ["app", "--db-password", "hunter2", "-v"], Labels: { "vault.token": "hunter2" } },
    })
    expect(shown).toEqual({
      Config: { Env: ["A=***"], Cmd: ["app", "--db-password", "***", "-v"], Labels: { "vault.token": "***" } },
    })
  })

  it("leaves a text without secrets as it is, and is quick on a hostile one", () => {
    const text = "GET /products?q=1 200 passing through the tokenizer at 12:30"
    expect(maskText("user 7 ran sleep 7 in /tmp")).toBe("user 7 ran sleep 7 in /tmp")
    expect(maskText(text)).toContain("GET /products?q=1 200")
    const started = performance.now()
    maskText("//".repeat(64 * 1024))
    maskText("password ".repeat(16 * 1024))
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe("its own container", () => {
  const id = "0123456789abcdef".repeat(4)
  const mounts: readonly (readonly [string, string])[] = [
    ["/proc/self/cgroup", `12:devices:/docker/${id}\n0::/\n`],
    ["/proc/self/cgroup", `0::/system.slice/docker-${id}.scope\n`],
    [
      "/proc/self/mountinfo",
      `612 590 0:50 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/sda rw\n`,
    ],
    [
      "/proc/self/mountinfo",
      `1 2 0:23 /containers/overlay-containers/${id}/userdata/hosts /etc/hosts rw,nosuid - tmpfs tmpfs rw\n`,
    ],
  ]
  it.each(mounts)("is found in %s", (file, text) => {
    expect(mounts).toHaveLength(4)
    expect(ownContainerIds((path) => (path === file ? text : undefined))).toEqual([id])
  })

  it("is none on a host that runs containers, or without /proc", () => {
    const host = `99 1 0:60 / /var/lib/docker/overlay2/${id}/merged rw - overlay overlay rw\n`
    expect(ownContainerIds((path) => (path.endsWith("mountinfo") ? host : "0::/user.slice\n"))).toEqual([])
    expect(ownContainerIds(() => undefined)).toEqual([])
  })
})

describe("a network of Docker that takes no addresses", () => {
  const place: Attachment = {
    ...{ network: "bridge", ipv4: "172.17.0.2", ipv6: null, fixed: false, mac: "02:42:ac:11:00:02" },
    ...{ aliases: [], links: [], driverOptions: {} },
  }
  const docker = async () => {
    const bodies: string[] = []
    const fake = await startFakeDocker(
      pingThen("1.44", async (request, response) => {
        const body = Buffer.concat(await request.toArray()).toString()
        bodies.push(body)
        const message = "user specified IP address is supported on user defined networks only"
        if (body.includes("IPv4Address")) response.writeHead(400).end(JSON.stringify({ message }))
        else response.end("{}")
      }),
    )
    closing.push(fake.close)
    return { bodies, engine: createEngine(createDockerApi({ socket: fake.socket })) }
  }

  it("is joined again without the one that it had given by itself", async () => {
    const { bodies, engine } = await docker()
    await engine.attach("a", place, signal)
    expect(bodies.map((body) => body.includes("172.17.0.2"))).toEqual([true, false])
  })

  it("is not joined with another address where one was asked for", async () => {
    const { bodies, engine } = await docker()
    await expect(engine.attach("a", { ...place, fixed: true }, signal)).rejects.toThrow(/400, user specified IP/)
    expect(bodies).toHaveLength(1)
  })

  it("is not described by an engine whose answers are not Docker's", async () => {
    const fake = await startFakeDocker(pingThen("1.44", (_, response) => response.end('{"Id":"short"}')))
    closing.push(fake.close)
    const engine = createEngine(createDockerApi({ socket: fake.socket }))
    await expect(engine.inspect("a", signal)).rejects.toThrow(/describes a container in a form that is not Docker's/)
  })
})
