// Run by itself on the built package (`npm run build`): the memory of a process that has the Core Rule Set loaded and has answered.
import { ruleFilesOnDisk } from "../../dist/app/rule-files.js"
import { address, createIds, nodeId, systemClock } from "../../dist/core/index.js"
import { createDetector, enableLinearRegexFallback, loadRules, readRequest } from "../../dist/detection/index.js"

enableLinearRegexFallback()
const ids = createIds(systemClock)
const detector = createDetector({ ids, rules: loadRules(process.argv.slice(2), ruleFilesOnDisk) }, { behaviours: [] })
const request = readRequest(
  "GET /shop?q=blue+shirt HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n",
)
for (let count = 0; count < 200; count++)
  detector.inspect({
    kind: "http",
    id: ids.observation(),
    at: systemClock.now(),
    sensor: "bench",
    node: { id: nodeId.parse("bench"), kind: "host", name: "bench" },
    direction: "inbound",
    source: { address: address("203.0.113.66"), port: 40_000 },
    destination: { address: address("192.0.2.1"), port: 80 },
    origin: null,
    malformed: [],
    request,
    response: null,
  })
console.log(JSON.stringify({ rssMegabytes: process.memoryUsage.rss() / 1e6 }))
