import { z } from "zod"
import { delivery } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { deliveriesQuery, deliveryPage, notificationTargets } from "../contract/index.ts"
import { type Routes, shownPage } from "./route.ts"

const tags = ["notifications"]

export const notificationRoutes: Routes = (app, { store, notifications }) => {
  app.get(
    "/notifications/targets",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listNotificationTargets",
        tags,
        summary: "Who is told, and whether it works",
        response: { 200: notificationTargets },
      },
    },
    async () => ({ items: notifications.targets().map((one) => ({ ...one, kinds: [...one.kinds] })) }),
  )
  app.post(
    "/notifications/targets/:name/test",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "testNotificationTarget",
        tags,
        summary: "Send a test message now",
        description: "The answer tells whether it was delivered, and if not, why.",
        params: z.object({ name: z.string().max(100) }),
        response: { 200: delivery },
      },
    },
    (request) => notifications.test(request.params.name, actorOf(request)),
  )
  app.get(
    "/notifications/deliveries",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listDeliveries",
        tags,
        summary: "What was told, newest first",
        querystring: deliveriesQuery,
        response: { 200: deliveryPage },
      },
    },
    async ({ query }) => shownPage(await store.deliveries(query)),
  )
}
