// The PROXY protocol (haproxy.org, proxy-protocol.txt §2): a load balancer's words before those of the client.
const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1")
const mostTextBytes = 107

/** How many bytes of it begin here, 0 for none. What is cut off within it is taken for something else. */
export function proxyPrefaceBytes(data: Buffer, start: number, end: number): number {
  const first = data[start]
  if (first === signature[0]) return binaryBytes(data, start, end)
  if (first !== 0x50 || data.toString("latin1", start, Math.min(end, start + 6)) !== "PROXY ") return 0
  const newline = data.indexOf(0x0a, start)
  return newline < 0 || newline >= Math.min(end, start + mostTextBytes) ? 0 : newline + 1 - start
}

function binaryBytes(data: Buffer, start: number, end: number): number {
  const head = start + signature.length
  if (head + 4 > end || signature.compare(data, start, head) !== 0) return 0
  const length = signature.length + 4 + data.readUInt16BE(head + 2)
  return start + length > end ? 0 : length
}
