/**
 * The text of a log that comes in frames of 8 bytes and a payload (Docker Engine API, "Attach to a container", stream format): the
 * stream, three zeroes, the length big-endian. A frame that was cut gives what is there of it.
 */
export function plainLog(framed: Buffer): string {
  const parts: Buffer[] = []
  for (let at = 0; at + 8 <= framed.length; ) {
    const length = framed.readUInt32BE(at + 4)
    parts.push(framed.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return Buffer.concat(parts).toString("utf8")
}
