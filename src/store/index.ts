export { createPostgresStore } from "./postgres/index.ts"
export { createSqliteStore } from "./sqlite/index.ts"
export type { AlertQuery, Changes, CountermeasureQuery, IncidentQuery, Page, PageQuery, Store } from "./store.ts"
