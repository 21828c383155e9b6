// A web server for the network tests: answers 200 to what it knows and 404 to the rest, on every address, port 8080.
import { createServer } from "node:http"

createServer((request, response) => {
  request.resume()
  request.on("end", () => {
    const known = /^\/(\?|$|search|upload|product)/.test(request.url ?? "")
    response.writeHead(known ? 200 : 404, { "content-type": "text/plain" })
    response.end(known ? "welcome\n" : "no such page\n")
  })
}).listen(8080, "0.0.0.0", () => console.log("ready"))
