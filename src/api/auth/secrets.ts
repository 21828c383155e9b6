import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto"

/** 256 random bits, as text that fits into a cookie or a header. */
export function newSecret(prefix = ""): string {
  return prefix + randomBytes(32).toString("base64url")
}

/** Secrets of 256 random bits need no slow hash: they can't be guessed. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex")
}

// OWASP's advice for scrypt: N = 2^17, r = 8, p = 1; 128 MiB and some 300 ms, which throttling keeps rare.
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
const keyBytes = 32

/** `scrypt$N$r$p$salt$key`, so that the parameters may rise later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join("$")
}

/** Takes as long for a user that does not exist (`undefined`) as for one that does. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = "", key = ""] = (hash ?? nobody).split("$")
  const expected = Buffer.from(key, "base64url")
  const derived = await derive(password, Buffer.from(salt, "base64url"), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
    maxmem: cost.maxmem,
  })
  return derived.length === expected.length && timingSafeEqual(derived, expected) && hash !== undefined
}

const nobody = `scrypt$${cost.N}$${cost.r}$${cost.p}$${Buffer.alloc(16).toString("base64url")}$${Buffer.alloc(keyBytes).toString("base64url")}`

function derive(password: string, salt: Buffer, options: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, keyBytes, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
