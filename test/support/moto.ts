import { spawn } from "node:child_process"
import { createInterface } from "node:readline"

/** `moto_server` of the Python package moto[server]: an emulator of AWS by other people than us (`THWART_TEST_MOTO`). */
export const motoPath = process.env.THWART_TEST_MOTO ?? "moto_server"

export interface Moto extends AsyncDisposable {
  readonly url: string
}

/** An emulator of a test's own, on a port of the machine's choice. */
export async function startMoto(): Promise<Moto> {
  const server = spawn(motoPath, ["-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "ignore", "pipe"] })
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()))
  const said: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stderr }).on("line", (line) => {
      said.push(line)
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    })
    server.once("error", reject)
    void ended.then(() => reject(new Error(`${motoPath} ended at once: ${said.join("\n")}`)))
  })
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGTERM")
      await ended
    },
  }
}
