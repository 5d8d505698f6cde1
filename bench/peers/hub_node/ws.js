// node `ws`: every client gets each posted text, in one JSON frame.
import { createServer } from "node:http";
import { WebSocketServer, WebSocket } from "ws";

const http = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const text = body.padEnd(256, "x");
    const frame = Buffer.from(JSON.stringify({ event: "tick", data: { text } }));
    for (const client of wss.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(frame, { binary: false });
    }
    response.writeHead(201, { "content-length": 0 }).end();
  });
});
const wss = new WebSocketServer({ server: http, perMessageDeflate: false });
http.listen({ port: Number(process.env.PORT), host: "127.0.0.1", backlog: 4096 });
