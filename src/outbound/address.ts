import { isIP } from "node:net"

/** Only https, or http to this machine itself, unless somebody said that it may be insecure. Throws without showing the address. */
export function checkedUrl(text: string, insecure: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error("url: that is no http or https address")
  if (url.username !== "" || url.password !== "")
    throw new Error("url: a user and password in the address are sent nowhere; use a header")
  if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname))
    throw new Error("url: it is plain http to another machine; use https, or say insecure: true")
  return url.href
}

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "")
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."))
}

/** The part of an address that is no secret. */
export function hostOf(url: string): string {
  return new URL(url).host
}
