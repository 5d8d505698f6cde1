import { EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket as NodeSocket, WebSocketServer, type WebSocket as Peer } from "ws";

import { ServerClock } from "../src/clock.ts";
import { LiveConnection, type ConnectionOptions } from "../src/connection.ts";
import type { Frame } from "../src/frame.ts";

// Node 20 has no WebSocket of its own; the one of `ws` behaves like the browser's.
Object.assign(globalThis, { WebSocket: NodeSocket });

let server: WebSocketServer;
let live: LiveConnection;
let token: string;
let renewed: string[];
let frames: Frame[];
let said: string[];
let arrivals: EventEmitter;

interface Hello {
  readonly type: string;
  readonly token: string;
  readonly last_id?: string;
}

/** The next client's first message, and the socket it came on. */
async function greeting(): Promise<[Peer, Hello]> {
  const [peer] = (await once(server, "connection")) as [Peer];
  const [message] = (await once(peer, "message")) as [Buffer];
  return [peer, JSON.parse(message.toString()) as Hello];
}

function connected(peer: Peer): void {
  const data = { server_time: new Date().toISOString(), heartbeat_seconds: 25, last_id: "10.0" };
  peer.send(JSON.stringify({ event: "connected", data }));
}

const frame = (id: string): string => JSON.stringify({ event: "machine_update", id, seq: Number(id.split(".")[0]), at: "", data: {} });

function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!condition()) return;
      stop();
      resolve();
    };
    const stop = live.subscribe(check);
    check();
  });
}

async function arrived(count: number): Promise<void> {
  while (frames.length < count) await once(arrivals, "frame");
}

beforeEach(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  token = "first";
  renewed = [];
  frames = [];
  said = [];
  arrivals = new EventEmitter();
  const options: ConnectionOptions = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/ws`,
    clock: new ServerClock(),
    token: () => token,
    renew: (stale) => {
      renewed.push(stale);
      token = "second";
      return Promise.resolve(true);
    },
    onFrame: (told) => {
      frames.push(told);
      arrivals.emit("frame");
    },
    onSaid: ({ event }) => said.push(event),
    onResync: () => Promise.resolve("99.0"),
  };
  live = new LiveConnection(options);
});

afterEach(async () => {
  vi.restoreAllMocks();
  live.stop();
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

test("signs in with the first message and says where it stands", async () => {
  live.start("10.0");
  const [peer, hello] = await greeting();
  expect(hello).toEqual({ type: "auth", token: "first", last_id: "10.0" });
  expect(live.status().line).toBe("connecting");
  connected(peer);
  await until(() => live.status().line === "live");
});

test("drops frames it has and asks again from the last one after a cut", async () => {
  live.start("10.0");
  const [peer] = await greeting();
  connected(peer);
  for (const id of ["10.0", "11.0", "11.1", "11.0", "12.0"]) peer.send(frame(id));
  await arrived(3);
  expect(frames.map(({ id }) => id)).toEqual(["11.0", "11.1", "12.0"]);

  const again = greeting();
  peer.terminate();
  await until(() => live.status().line === "reconnecting");
  const [, hello] = await again;
  expect(hello.last_id).toBe("12.0");
});

test("what the server says of itself is handed on and moves no position", async () => {
  live.start("10.0");
  const [peer] = await greeting();
  connected(peer);
  peer.send(JSON.stringify({ event: "members", data: { channel: "desk", users: [] } }));
  peer.send(frame("11.0"));
  await arrived(1);
  expect(said).toEqual(["connected", "members"]);
  expect(live.lastId).toBe("11.0");
});

test("a sign of life cuts the waiting short", async () => {
  live.start("10.0");
  const [peer] = await greeting();
  connected(peer);
  await until(() => live.status().line === "live");
  const again = greeting();
  peer.terminate();
  await until(() => live.status().line === "reconnecting");
  live.wake();
  await again;
});

test("a refused token is renewed and used for the next try", async () => {
  live.start("10.0");
  const [peer] = await greeting();
  const again = greeting();
  peer.close(4401);
  const [, hello] = await again;
  expect(renewed).toEqual(["first"]);
  expect(hello.token).toBe("second");
});

test("after a resync it goes on from the loaded position", async () => {
  live.start("10.0");
  const [peer] = await greeting();
  connected(peer);
  peer.send(JSON.stringify({ event: "resync", data: { reason: "history_gone" } }));
  peer.send(frame("100.0"));
  await arrived(1);
  expect(frames[0]?.id).toBe("100.0");
});

test("what an earlier visit kept is said to be kept, with its time, until the server answers", async () => {
  live.resume("9.0", 1_000);
  expect(live.status()).toEqual({ line: "connecting", asOf: 1_000, isKept: true });
  const [peer, hello] = await greeting();
  expect(hello.last_id).toBe("9.0");
  connected(peer);
  await until(() => live.status().line === "live");
  expect(live.status().isKept).toBe(false);
});

test("one window too many is not brought back by a sign of life", async () => {
  live.start("10.0");
  const [peer] = await greeting();
  connected(peer);
  await until(() => live.status().line === "live");
  let sockets = 0;
  server.on("connection", () => {
    sockets += 1;
  });
  peer.close(4429);
  await until(() => live.status().line === "reconnecting");
  const later = Date.now() + 5_000;
  vi.spyOn(Date, "now").mockReturnValue(later);
  live.wake();
  // Whatever the line had opened would have come before this one.
  const probe = new NodeSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/ws`);
  await once(probe, "open");
  probe.terminate();
  expect(sockets).toBe(1);
});
