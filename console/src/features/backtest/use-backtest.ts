import { useMutation, useQuery } from "@tanstack/react-query"
import { useEffect } from "react"
import type { BacktestRun, NewBacktest } from "../../../../src/api/contract/index.ts"
import { api } from "../../api/client.ts"

const pollMs = 500

/** One of what the server takes: a policy, a rule, … */
export type Subject = Omit<NewBacktest, "since" | "until">

/** Starts a backtest when what is asked changes, and follows it; it is stopped when whoever looks goes away. */
export function useBacktest(subject: Subject, days: number) {
  const asked = JSON.stringify(subject)
  const start = useMutation({
    mutationFn: async () => {
      // The server runs one at a time, and ours before this one may still run.
      if (id !== undefined) await stop(id)
      const body = { ...subject, since: Date.now() - days * 86_400_000 }
      return api<BacktestRun>("POST", "/backtests", body)
    },
  })
  const id: string | undefined = start.data?.id
  const { mutate } = start
  // biome-ignore lint/correctness/useExhaustiveDependencies: the subject and the days are what is asked
  useEffect(() => mutate(), [mutate, asked, days])
  useEffect(
    () => () => {
      if (id !== undefined) void stop(id)
    },
    [id],
  )
  const follow = useQuery({
    queryKey: ["backtest", id],
    queryFn: () => api<BacktestRun>("GET", `/backtests/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? pollMs : false),
    gcTime: 0,
  })
  return { run: follow.data ?? start.data, error: start.error ?? follow.error, again: () => mutate() }
}

/** Whether it is still running, the server knows; one that is no longer kept needs no stop. */
function stop(id: string): Promise<unknown> {
  return api("DELETE", `/backtests/${id}`).catch(() => undefined)
}
