// Stock clients of the four wires, many of each, driven by lines of JSON; each remembers the ids of all that it was told.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

// Found from where the pages' packages are installed, not from beside this file.
const require = createRequire(process.argv[2]);
const { io } = require("socket.io-client");
const Pusher = require("pusher-js");
const { EventSource } = require("eventsource");
const WebSocket = require("ws");

const AGAIN_MS = 200;
const clients = new Map();
const say = (said) => process.stdout.write(JSON.stringify(said) + "\n");

class Client {
  constructor({ name, base, token, key, events, channels, tells }) {
    Object.assign(this, { name, base, token, key, events, channels, tells });
    this.heard = { all: [] };
    this.resets = 0;
    this.opened = 0;
    this.ends = new Set();
  }

  // `stream` is what the wire keeps in order: all, or each channel.
  hear(event, id, data, stream = "all") {
    (this.heard[stream] ??= []).push(id);
    if (this.tells) say({ on: "told", name: this.name, event, id, data });
    if (data?.text === "end") {
      this.ends.add(id);
      if (this.ends.size === 2) say({ on: "end", name: this.name });
    }
  }

  live() {
    this.opened += 1;
    if (this.opened === 1) say({ on: "live", name: this.name });
  }
}

class OfSocketIO extends Client {
  open() {
    const auth = { token: this.token };
    this.socket = io(this.base, { auth, transports: ["websocket"], forceNew: true, reconnectionDelay: AGAIN_MS, reconnectionDelayMax: 5 * AGAIN_MS });
    this.socket.on("connected", () => this.live());
    this.socket.on("resync", () => (this.resets += 1));
    this.socket.on("disconnect", (why) => {
      if (why === "io server disconnect") this.socket.connect();
    });
    for (const event of this.events) this.socket.on(event, (data, id) => this.hear(event, id, data));
  }
  cut() {
    this.socket.io.engine?.transport?.ws?._socket?.destroy();
  }
  close() {
    this.socket.disconnect();
  }
}

class OfPusher extends Client {
  open() {
    const { hostname, port } = new URL(this.base);
    this.positions = {};
    this.pusher = new Pusher(this.key, {
      cluster: "here",
      wsHost: hostname,
      wsPort: Number(port),
      forceTLS: false,
      enabledTransports: ["ws"],
      channelAuthorization: {
        endpoint: `${this.base}/pusher/auth`,
        transport: "ajax",
        headersProvider: () => ({ Authorization: `Bearer ${this.token}` }),
        paramsProvider: () => ({ since: JSON.stringify(this.positions) }),
      },
    });
    const joined = new Set();
    for (const name of this.channels) {
      const channel = this.pusher.subscribe(name);
      channel.bind("pusher:subscription_succeeded", () => {
        joined.add(name);
        if (joined.size === this.channels.length) this.live();
      });
      // The server was away when it was asked: as a page would, ask again.
      channel.bind("pusher:subscription_error", () => setTimeout(() => this.pusher.connection.state === "connected" && this.pusher.subscribe(name), AGAIN_MS));
      channel.bind("livefloor:reset", () => (this.resets += 1));
      channel.bind("livefloor:caught_up", ({ id }) => (this.positions[name] = id));
      for (const event of this.events) {
        channel.bind(event, (data) => {
          this.positions[name] = data.last_id;
          this.hear(event, data.last_id, data, name);
        });
      }
    }
  }
  cut() {
    this.pusher.connection.connection?.transport?.socket?._stream?.destroy();
  }
  close() {
    this.pusher.disconnect();
  }
}

class OfSse extends Client {
  open(last) {
    const signed = (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${this.token}` } });
    const from = last === undefined ? "" : `?last_id=${last}`;
    this.source = new EventSource(`${this.base}/api/stream${from}`, { fetch: signed });
    const remember = (event) => {
      if (event.lastEventId) last = event.lastEventId;
    };
    this.source.addEventListener("connected", (event) => {
      remember(event);
      this.live();
    });
    this.source.addEventListener("resync", (event) => {
      remember(event);
      this.resets += 1;
    });
    for (const name of this.events) {
      this.source.addEventListener(name, (event) => {
        remember(event);
        this.hear(name, event.lastEventId, JSON.parse(event.data));
      });
    }
    // By its standard it gives up where the server answers with an error: the page opens another.
    this.source.onerror = () => {
      if (this.source.readyState === EventSource.CLOSED && !this.done) setTimeout(() => this.done || this.open(last), AGAIN_MS);
    };
  }
  cut() {}
  close() {
    this.done = true;
    this.source.close();
  }
}

class OfWebSocket extends Client {
  open(last) {
    this.socket = new WebSocket(`${this.base.replace("http", "ws")}/api/ws`, { perMessageDeflate: false });
    this.socket.on("open", () => this.socket.send(JSON.stringify({ type: "auth", token: this.token, ...(last && { last_id: last }) })));
    this.socket.on("message", (text) => {
      const { event, id, data } = JSON.parse(text);
      if (event === "connected") {
        last ??= data.last_id;
        this.live();
      } else if (event === "resync") this.resets += 1;
      else if (this.events.includes(event)) {
        last = id;
        this.hear(event, id, data);
      }
    });
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => this.done || setTimeout(() => this.done || this.open(last), AGAIN_MS * (0.5 + Math.random())));
  }
  cut() {
    this.socket._socket?.destroy();
  }
  close() {
    this.done = true;
    this.socket.close();
  }
}

const KINDS = { socketio: OfSocketIO, pusher: OfPusher, sse: OfSse, websocket: OfWebSocket };

const orders = {
  open({ wire, ...how }) {
    const client = new KINDS[wire](how);
    clients.set(how.name, client);
    client.open();
  },
  cut({ name }) {
    clients.get(name).cut();
  },
  report() {
    for (const { name, heard, resets, opened, ends } of clients.values()) say({ on: "report", name, heard, resets, opened, ends: ends.size });
  },
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { do: what, ...how } = JSON.parse(line);
    orders[what](how);
  })
  .on("close", () => {
    for (const client of clients.values()) client.close();
    process.exit(0);
  });
