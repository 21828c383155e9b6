import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import { DatabaseSync } from "node:sqlite"

/**
 * A small shop with the holes that real ones have: its search pastes what it was sent into SQL, its picture upload takes any file,
 * and what was uploaded answers to `cmd`. The injection is real, in a database of its own in memory. Nothing is ever executed for
 * an uploaded file: the shell knows a few commands by heart, and a planted `beacon=http://…` makes one real request to loopback.
 */
export function createShop(): RequestListener {
  const database = openDatabase()
  const uploads = new Map<string, string>()

  const routes: readonly Route[] = [
    { method: "GET", path: /^\/$/, answer: (response) => page(response, "Corner Shop", productList(database, "")) },
    {
      method: "GET",
      path: /^\/search$/,
      answer: (response, { url }) => search(response, database, url.searchParams.get("q") ?? ""),
    },
    {
      method: "GET",
      path: /^\/product\/\d+$/,
      answer: (response, { url }) => product(response, database, Number(url.pathname.slice(9))),
    },
    {
      method: "POST",
      path: /^\/cart$/,
      answer: (response) => send(response, 303, "text/plain", "added\n", { location: "/" }),
    },
    {
      method: "POST",
      path: /^\/reviews$/,
      answer: (response) => send(response, 201, "application/json", '{"thanks":true}\n'),
    },
    { method: "POST", path: /^\/upload$/, answer: (response, { body }) => upload(response, uploads, body) },
    { method: "GET", path: /^\/uploads\//, answer: (response, { url }) => shell(response, uploads, url) },
  ]

  return (request, response) => {
    void readBody(request).then(
      (body) => {
        const url = new URL(request.url ?? "/", "http://shop.example")
        const route = routes.find(({ method, path }) => method === request.method && path.test(url.pathname))
        if (route === undefined) send(response, 404, "text/plain", "no such page\n")
        else route.answer(response, { url, body })
      },
      () => response.destroy(),
    )
  }
}

interface Route {
  readonly method: string
  readonly path: RegExp
  readonly answer: (response: ServerResponse, request: { readonly url: URL; readonly body: string }) => void
}

function openDatabase(): DatabaseSync {
  const database = new DatabaseSync(":memory:")
  database.exec(`
    CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price TEXT);
    INSERT INTO products (name, price) VALUES ('Teapot', '24.00'), ('Union Jack mug', '9.50'), ('Drop-leaf table', '180.00'),
      ('O''Reilly''s cookbook', '32.00'), ('Select roast coffee', '12.90'), ('Table lamp', '44.00');
    CREATE TABLE customers (name TEXT, card TEXT);
    INSERT INTO customers VALUES ('Ada Example', '4000-0000-0000-0002'), ('Bob Example', '4000-0000-0000-0010');
  `)
  return database
}

function productList(database: DatabaseSync, like: string): string {
  const query = `SELECT name, price FROM products WHERE name LIKE '%${like}%'`
  return database
    .prepare(query)
    .all()
    .map((row) => `<li>${row.name} ${row.price}</li>`)
    .join("\n")
}

function search(response: ServerResponse, database: DatabaseSync, term: string): void {
  try {
    // What a friend types is quoted; the hole is that a term with a comment mark in it is not.
    page(response, "Search", productList(database, term.includes("--") ? term : term.replaceAll("'", "''")))
  } catch (error) {
    send(response, 500, "text/plain", `the search failed: ${error instanceof Error ? error.message : "unknown"}\n`)
  }
}

function product(response: ServerResponse, database: DatabaseSync, id: number): void {
  const row = database.prepare("SELECT name, price FROM products WHERE id = ?").get(id)
  if (row === undefined) send(response, 404, "text/plain", "no such product\n")
  else page(response, String(row.name), `<li>${row.price}</li>`)
}

function upload(response: ServerResponse, uploads: Map<string, string>, body: string): void {
  const name = /filename="([^"/\\]{1,100})"/.exec(body)?.[1] ?? "picture"
  if (uploads.size < 100) uploads.set(name, body)
  const beacon = /beacon=(http:\/\/127\.0\.0\.1:\d+\/[\w/.-]*)/.exec(body)?.[1]
  // What was planted calls home by itself a moment later, whatever becomes of its sender.
  if (beacon !== undefined) setTimeout(() => void fetch(beacon).catch(() => undefined), 250)
  send(response, 201, "text/plain", `stored as /uploads/${name}\n`)
}

function shell(response: ServerResponse, uploads: Map<string, string>, url: URL): void {
  const stored = uploads.has(decodeURIComponent(url.pathname.slice(9)))
  const answers: Readonly<Record<string, string>> = {
    id: "uid=33(www-data) gid=33(www-data) groups=33(www-data)\n",
    whoami: "www-data\n",
  }
  const command = url.searchParams.get("cmd") ?? ""
  if (!stored) send(response, 404, "text/plain", "no such page\n")
  else send(response, 200, "text/plain", Object.hasOwn(answers, command) ? (answers[command] ?? "") : "\n")
}

function page(response: ServerResponse, title: string, list: string): void {
  send(
    response,
    200,
    "text/html; charset=utf-8",
    `<!doctype html><title>${title}</title><h1>${title}</h1><ul>\n${list}\n</ul>\n`,
  )
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body), ...headers })
  response.end(body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    sizeBytes += chunk.length
    // The shop's own limit; what is beyond is read and dropped.
    if (sizeBytes <= 1_000_000) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("latin1")
}
