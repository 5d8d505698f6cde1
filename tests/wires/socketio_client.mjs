// The stock socket.io-client, told what to do by JSON lines on stdin; it says what happens by JSON lines on stdout.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { Manager } = require("socket.io-client");

const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const managers = {};
const sockets = {};

function open({ name, url, namespace = "/", auth, options = {}, line = name }) {
  managers[line] ??= new Manager(url, { reconnectionDelay: 20, reconnectionDelayMax: 50, forceNew: true, ...options });
  const manager = managers[line];
  const socket = manager.socket(namespace, { auth });
  sockets[name] = socket;
  socket.on("connect", () =>
    say({ name, on: "connect", recovered: socket.recovered, sid: socket.id, transport: manager.engine.transport.name }),
  );
  socket.on("disconnect", (reason) => say({ name, on: "disconnect", reason, active: socket.active }));
  socket.on("connect_error", (error) =>
    say({ name, on: "connect_error", message: error.message, data: error.data, active: socket.active }),
  );
  socket.onAny((event, ...args) => say({ name, on: "event", event, args }));
  const engine = () => manager.engine.on("upgrade", (transport) => say({ name, on: "upgrade", to: transport.name }));
  manager.on("open", engine);
  if (manager.engine) engine();
}

const orders = {
  open,
  connect: ({ name }) => sockets[name].connect(),
  close: ({ name }) => sockets[name].disconnect(),
  auth: ({ name, auth }) => (sockets[name].auth = auth),
  offset: ({ name, offset }) => (sockets[name]._lastOffset = offset),
  pid: ({ name, pid }) => (sockets[name]._pid = pid),
  cut: ({ name }) => sockets[name].io.engine.close(),
  emit: ({ name, event, args = [] }) => sockets[name].emit(event, ...args),
  ask: async ({ name, event, args = [], tag }) =>
    say({ name, on: "ack", tag, args: await sockets[name].timeout(20000).emitWithAck(event, ...args) }),
  binary: async ({ name, event, tag }) =>
    say({ name, on: "ack", tag, args: await sockets[name].timeout(20000).emitWithAck(event, { bytes: Buffer.from([1]) }) }),
};

createInterface({ input: process.stdin })
  .on("line", (text) => {
    const order = JSON.parse(text);
    orders[order.do](order);
  })
  .on("close", () => process.exit(0));
