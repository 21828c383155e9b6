import { describe, expect, it } from "vitest"
import { captureError, createTcpdumpWords, tcpdumpCommand } from "./tcpdump.ts"

describe("tcpdump", () => {
  it("is told where to capture and what, by arguments that no shell reads", () => {
    const [command, args] = tcpdumpCommand({ interface: "eth0; reboot", filter: "tcp port 80", snaplen: 2000 })
    expect(command).toBe("tcpdump")
    expect(args.join(" ")).toBe("-i eth0; reboot -n -U --immediate-mode -s 2000 -B 16384 -w - -- tcp port 80")
    expect(args.at(-1)).toBe("tcp port 80")
  })

  it("captures in a network namespace when told its name", () => {
    const [command, args] = tcpdumpCommand({ interface: "eth0", netns: "blue", command: "/opt/tcpdump", filter: "" })
    expect([command, ...args.slice(0, 5)]).toEqual(["ip", "netns", "exec", "blue", "/opt/tcpdump", "-i"])
    expect(args).not.toContain("--")
  })

  it("says in its own words what it lost and why it ended", () => {
    const words = createTcpdumpWords()
    words.read("tcpdump: listening on lo, link-type EN10MB (Ethernet), snapsh")
    expect(words.listening).toBe(false)
    words.read("ot length 262144 bytes\n12 packets captured\n20 packets received by filter\n")
    expect([words.listening, words.dropped]).toEqual([true, 0])
    words.read("8 packets dropped by kernel\ntcpdump: pcap_loop: The interface disappeared\n3 packets captured\n")
    words.read("tcpdump: 4 packets captured, 9 packets received by filter, 11 packets dropped by kernel\n")
    expect([words.dropped, words.last]).toEqual([11, "pcap_loop: The interface disappeared"])
  })

  const errors: readonly (readonly [NodeJS.ErrnoException | undefined, string, RegExp])[] = [
    [Object.assign(new Error("spawn"), { code: "ENOENT" }), "", /"tcpdump" is not installed/],
    [
      undefined,
      "lo: You don't have permission to perform this capture",
      /not permitted; run as root or give CAP_NET_RAW/,
    ],
    [Object.assign(new Error("spawn"), { code: "EACCES" }), "", /not permitted/],
    [undefined, "eth9: No such device exists", /can't capture on "eth9": eth9: No such device exists/],
    [undefined, "", /tcpdump ended at once/],
  ]
  it("fails with what to do about it", () => {
    expect(errors).toHaveLength(5)
    for (const [error, words, message] of errors) {
      const thrown = captureError({ interface: "eth9" }, error, words)
      expect(thrown.message).toMatch(message)
      expect(thrown.code).toBe("THWART_CAPTURE_FAILED")
    }
  })
})
