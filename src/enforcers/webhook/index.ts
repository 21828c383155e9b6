export { webhookConfig } from "./config.ts"
export { createWebhookEnforcer } from "./webhook.ts"
