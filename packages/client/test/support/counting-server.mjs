import { createServer } from 'node:http'
import process from 'node:process'

// An event every 20 ms, from `Last-Event-ID` on.
const server = createServer((request, response) => {
  let id = Number(request.headers['last-event-id'] ?? 0)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const timer = setInterval(() => {
    id++
    response.write(`id: ${id}\ndata: ${id}\n\n`)
  }, 20)
  response.on('close', () => clearInterval(timer))
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
