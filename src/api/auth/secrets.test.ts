import { describe, expect, it } from "vitest"
import { hashOf, hashPassword, isPassword, newOneTimePassword, newSecret } from "./secrets.ts"

const cheap = { N: 16, r: 1, p: 1 }

describe("a password's hash", () => {
  it("tells the password from any other, and says its own cost", async () => {
    const hash = await hashPassword("correct horse battery")
    expect(hash).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
    expect(await isPassword("correct horse battery", hash)).toBe(true)
    expect(await isPassword("correct horse batterz", hash)).toBe(false)
    expect(await isPassword("", hash)).toBe(false)
  })

  it("is another one each time", async () => {
    expect(await hashPassword("same", cheap)).not.toBe(await hashPassword("same", cheap))
  })

  it("takes two ways of typing the same letter for the same", async () => {
    expect(await isPassword("cafe\u0301", await hashPassword("caf\u00e9", cheap))).toBe(true)
  })

  it("never fits somebody who does not exist, whatever is typed", async () => {
    for (const typed of ["", "admin", "\0".repeat(32)]) expect(await isPassword(typed, undefined)).toBe(false)
  })
})

describe("a secret", () => {
  it("has 256 random bits and is known by its hash", () => {
    const secret = newSecret("thw_")
    expect(secret).toMatch(/^thw_[\w-]{43}$/)
    expect(newSecret("thw_")).not.toBe(secret)
    expect(hashOf(secret)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    expect(newOneTimePassword()).toMatch(/^[\w-]{20}$/)
  })
})
