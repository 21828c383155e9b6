import { ThwartError } from "../../core/index.ts"

/** `1.44`: what stands in front of every path. */
export type ApiVersion = string

// 1.40 is Docker 19.03 (2019) and Podman 3; engines from Docker 29 on speak nothing below 1.44.
const oldest: ApiVersion = "1.40"
const newestKnown: ApiVersion = "1.44"

/** The newest that both sides know; throws THWART_CONTAINERS_FAILED for an engine that is too old. */
export function agreeOn(announced: string, socket: string): ApiVersion {
  if (!/^\d{1,3}\.\d{1,3}$/.test(announced))
    throw new ThwartError(
      "THWART_CONTAINERS_FAILED",
      `${socket} announces the API version "${announced.slice(0, 50)}", which is none; name the socket of Docker or Podman`,
    )
  if (compareVersions(announced, oldest) < 0)
    throw new ThwartError(
      "THWART_CONTAINERS_FAILED",
      `the API at ${socket} is too old: it speaks ${announced}, and ${oldest} is needed; upgrade to Docker 19.03 or Podman 3 or newer`,
    )
  return compareVersions(announced, newestKnown) < 0 ? announced : newestKnown
}

function compareVersions(one: string, other: string): number {
  const [major = 0, minor = 0] = one.split(".").map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number)
  return major - otherMajor || minor - otherMinor
}
