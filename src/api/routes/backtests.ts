import { z } from "zod"
import { actorOf } from "../auth/authenticate.ts"
import type { BacktestDesk } from "../backtests/desk.ts"
import { subjectOf } from "../backtests/subject.ts"
import { backtest, maxBacktestMs, newBacktest } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { ApiDeps } from "../services.ts"
import type { App } from "./route.ts"

const tags = ["backtests"]
// As many alerts as may be given, without the bytes that matched.
const bodyLimitBytes = 16 * 1024 * 1024
const params = z.object({ id: z.string().max(100) })

/** What policies would have done: started, then asked for until it is done. */
export function backtestRoutes(app: App, deps: ApiDeps, desk: BacktestDesk): void {
  app.post(
    "/backtests",
    {
      bodyLimit: bodyLimitBytes,
      config: { access: "analyst" },
      schema: {
        operationId: "startBacktest",
        tags,
        summary: "Tell what a policy or a rule would have done with what is stored",
        description:
          "Nothing is changed or enforced. It runs beside everything else, one at a time: another is answered 409 BUSY. Ask for it until its state is no longer `running`; when nobody asks for a minute, it stops.",
        body: newBacktest,
        response: { 202: backtest },
      },
    },
    async (request, reply) => {
      const { since, until: asked } = request.body
      const until = Math.min(asked ?? deps.clock.now(), deps.clock.now())
      if (since >= until) throw new Refusal(400, "INVALID", "since: it must lie before the end, and in the past")
      if (until - since > maxBacktestMs)
        throw new Refusal(400, "INVALID", `since: at most ${maxBacktestMs / 86_400_000} days are looked at in one`)
      const subject = await subjectOf(request.body, deps)
      return reply.status(202).send(desk.start({ ...subject, since, until }, actorOf(request).who))
    },
  )
  app.get(
    "/backtests/:id",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "getBacktest",
        tags,
        summary: "How far it is, and what came of it",
        params,
        response: { 200: backtest },
      },
    },
    async ({ params: { id } }) => desk.look(id),
  )
  app.delete(
    "/backtests/:id",
    {
      config: { access: "analyst" },
      schema: { operationId: "stopBacktest", tags, summary: "Stop it", params, response: { 200: backtest } },
    },
    async ({ params: { id } }) => desk.stop(id),
  )
}
