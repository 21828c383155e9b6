import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto"

/** 256 random bits, as text that fits into a cookie or a header. */
export function newSecret(prefix = ""): string {
  return prefix + randomBytes(32).toString("base64url")
}

/** A password of 120 random bits that a person can copy from a terminal. */
export function newOneTimePassword(): string {
  return randomBytes(15).toString("base64url")
}

/** Secrets of 256 random bits need no slow hash: they can't be guessed. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex")
}

export interface PasswordCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

// One of OWASP's equal choices for scrypt, the one for little memory: 32 MiB and some 300 ms, which throttling keeps rare.
const usualCost: PasswordCost = { N: 2 ** 15, r: 8, p: 3 }
const maxMemoryBytes = 256 * 1024 * 1024
const keyBytes = 32

/** `scrypt$N$r$p$salt$key`: a hash carries its own parameters, so that they may rise later. */
export async function hashPassword(password: string, cost = usualCost): Promise<string> {
  const salt = randomBytes(16)
  return format(cost, salt, await derive(password, salt, cost))
}

/** Takes as long for a user that does not exist (`undefined`) as for one that does. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = "", key = ""] = (hash ?? nobody).split("$")
  const expected = Buffer.from(key, "base64url")
  const derived = await derive(password, Buffer.from(salt, "base64url"), { N: Number(N), r: Number(r), p: Number(p) })
  return derived.length === expected.length && timingSafeEqual(derived, expected) && hash !== undefined
}

function format({ N, r, p }: PasswordCost, salt: Buffer, key: Buffer): string {
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$")
}

const nobody = format(usualCost, Buffer.alloc(16), Buffer.alloc(keyBytes))

function derive(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Two ways of typing the same letter are the same password (RFC 8265 §4.2 asks for more; this is the part that people meet).
    scrypt(password.normalize("NFKC"), salt, keyBytes, { ...cost, maxmem: maxMemoryBytes }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
