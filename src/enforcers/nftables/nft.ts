import { spawn } from "node:child_process"
import { ThwartError } from "../../core/index.ts"

/** Runs nft: standard input in, standard output out; throws THWART_NFT_FAILED with what it printed. */
export type Nft = (args: readonly string[], input: string, signal: AbortSignal) => Promise<string>

// A listing of 100,000 elements is 8 MB.
const maxOutputBytes = 256 * 1024 * 1024
const timeoutMs = 30_000

/** nft on this host, or inside a network namespace. */
export function createNft(netns: string | null): Nft {
  const [command, before] = netns === null ? ["nft", []] : ["ip", ["netns", "exec", netns, "nft"]]
  return (args, input, signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, [...before, ...args], {
        stdio: ["pipe", "pipe", "pipe"],
        signal,
        timeout: timeoutMs,
      })
      const output: Buffer[] = []
      const complaint: Buffer[] = []
      let sizeBytes = 0
      child.stdout.on("data", (chunk: Buffer) => {
        sizeBytes += chunk.length
        if (sizeBytes > maxOutputBytes) child.kill("SIGKILL")
        else output.push(chunk)
      })
      child.stderr.on("data", (chunk: Buffer) => {
        if (complaint.length < 64) complaint.push(chunk)
      })
      // nft may end before it has read everything; its exit says why.
      child.stdin.on("error", () => undefined)
      child.on("error", (cause) =>
        reject(
          new ThwartError(
            "THWART_NFT_FAILED",
            `${command} can't be started; apt-get install nftables, or leave out the enforcer`,
            { cause },
          ),
        ),
      )
      child.on("close", (code, killed) => {
        if (code === 0) return resolve(Buffer.concat(output).toString("utf8"))
        const said = Buffer.concat(complaint).toString("utf8").trim().split("\n")[0] ?? ""
        return reject(
          new ThwartError(
            "THWART_NFT_FAILED",
            `nft ${args.join(" ")} failed (${code ?? killed}): ${said.slice(0, 500) || "it said nothing"}${hint(said)}`,
          ),
        )
      })
      child.stdin.end(input)
    })
}

function hint(said: string): string {
  return /not permitted|must be root/i.test(said) ? "; it needs root or CAP_NET_ADMIN" : ""
}
