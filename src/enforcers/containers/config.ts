import { z } from "zod"

/** `enforcers: [{ kind: containers, socket: /run/podman/podman.sock }]` */
export const containersConfig = z.strictObject({
  kind: z.literal("containers"),
  /** Of Docker or Podman's service; null: `DOCKER_HOST`, or the first of the usual places that is there. */
  socket: z.string().min(1).max(100).nullable().default(null),
})
export type ContainersConfig = z.infer<typeof containersConfig>

/** Where engines put their sockets, the likeliest first. */
export function usualSockets(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const named = /^unix:\/\/(\/.+)$/.exec(env.DOCKER_HOST ?? "")?.[1]
  const own = env.XDG_RUNTIME_DIR
  return [
    ...(named === undefined ? [] : [named]),
    "/var/run/docker.sock",
    "/run/podman/podman.sock",
    ...(own === undefined ? [] : [`${own}/podman/podman.sock`, `${own}/docker.sock`]),
  ]
}
