import type { Latin1 } from "../../../core/index.ts"

const byte = (hex: string) => String.fromCharCode(Number.parseInt(hex, 16) & 0xff)

/** `urlDecode`: `+` is a space and `%HH` a byte; what is not hexadecimal stays. */
export function urlDecode(value: Latin1): Latin1 {
  if (!/[%+]/.test(value)) return value
  return value.replace(/\+/g, " ").replace(/%([0-9a-f]{2})/gi, (_, hex: string) => byte(hex))
}

/** `urlDecodeUni`: `%uHHHH` too; a full-width character (U+FF01-FF5E) becomes its ASCII form, others their low byte. */
export function urlDecodeUni(value: Latin1): Latin1 {
  if (!/[%+]/.test(value)) return value
  return value
    .replace(/\+/g, " ")
    .replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/gi, (_, wide: string | undefined, hex: string | undefined) => {
      if (wide === undefined) return byte(hex ?? "0")
      const code = Number.parseInt(wide, 16)
      return String.fromCharCode((code > 0xff00 && code < 0xff5f ? (code & 0xff) + 0x20 : code) & 0xff)
    })
}

const entities: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", nbsp: "\u00a0" }

/** `htmlEntityDecode`: numeric and the named entities that attacks use; each becomes one byte. */
export function htmlEntityDecode(value: Latin1): Latin1 {
  if (!value.includes("&")) return value
  return value.replace(
    /&(?:#x([0-9a-f]{1,8})|#(\d{1,10})|(quot|amp|lt|gt|nbsp));?/gi,
    (_, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? ""
      return String.fromCharCode((hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) & 0xff)
    },
  )
}

/** `jsDecode`: `\xHH`, `\uHHHH` (its low byte), octal and single-letter escapes. */
export function jsDecode(value: Latin1): Latin1 {
  if (!value.includes("\\")) return value
  const letters: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }
  return value.replace(
    /\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([0-3]?[0-7]{1,2})|([\s\S]))/gi,
    (_, wide: string | undefined, hex: string | undefined, octal: string | undefined, letter: string | undefined) => {
      if (wide !== undefined) {
        const code = Number.parseInt(wide, 16)
        return String.fromCharCode((code > 0xff00 && code < 0xff5f ? (code & 0xff) + 0x20 : code) & 0xff)
      }
      if (hex !== undefined) return byte(hex)
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
      return letters[letter ?? ""] ?? letter ?? ""
    },
  )
}

/** `base64Decode`: up to the first character that is not of the alphabet. */
export function base64Decode(value: Latin1): Latin1 {
  return Buffer.from(/^[A-Za-z0-9+/]*/.exec(value)?.[0] ?? "", "base64").toString("latin1")
}

/** `hexDecode`: pairs of hexadecimal digits. */
export function hexDecode(value: Latin1): Latin1 {
  return Buffer.from(value, "hex").toString("latin1")
}
