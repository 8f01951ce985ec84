// node `ws`: a line N on standard input sends N messages of 1,024 bytes to every socket.
// Run: PORT as the only argument, `ws` on NODE_PATH.
const { createServer } = require("node:http");
const { createInterface } = require("node:readline");
const { WebSocketServer } = require("ws");

const message = Buffer.alloc(1024, "x");
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

createInterface({ input: process.stdin }).on("line", (line) => {
  for (let sent = 0; sent < Number(line); sent++)
    for (const socket of sockets.clients) socket.send(message, { binary: false });
});
process.stdin.on("end", () => process.exit(0));
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
