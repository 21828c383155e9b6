export type { NotificationsConfig } from "./config.ts"
export { notificationsConfig } from "./config.ts"
export type { Notifications, NotificationsDeps, TargetStatus } from "./notifications.ts"
export { createNotifications } from "./notifications.ts"
