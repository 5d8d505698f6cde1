// node socket.io: one emit to all for each posted text.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    io.emit("tick", { text: body.padEnd(256, "x") });
    response.writeHead(201, { "content-length": 0 }).end();
  });
});
const io = new Server(http, { pingInterval: 300000, perMessageDeflate: false, serveClient: false });
http.listen({ port: Number(process.env.PORT), host: "127.0.0.1", backlog: 4096 });
