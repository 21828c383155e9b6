import type { PreviewedCall } from "../enforcer.ts"
import type { Answer, DockerApi } from "./docker-api.ts"
import { createEngine, type Engine } from "./engine.ts"

/** An engine that makes no call, and tells which it would have made. */
export interface Rehearsal {
  readonly engine: Engine
  calls(): readonly PreviewedCall[]
}

const silence: Answer = { status: 200, body: Buffer.from("null"), cut: false }

/** Only connects, to know the version of the API. */
export function createRehearsal({ connect }: Pick<DockerApi, "connect">): Rehearsal {
  const calls: PreviewedCall[] = []
  const engine = createEngine({
    connect,
    call: async ({ method, path, query, body = null }, signal) => {
      const { version } = await connect(signal)
      const asked = query === undefined ? "" : `?${new URLSearchParams(query)}`
      calls.push({ call: `${method} /v${version}${path}${asked}`, body })
      return silence
    },
  })
  return { engine, calls: () => calls }
}
