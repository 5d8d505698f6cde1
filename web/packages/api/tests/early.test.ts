import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { askEarly } from "../src/early.ts";
import { createSender } from "../src/send.ts";

const ALL = ["api/v1/meta"];
const SIGNED_IN = ["api/v1/machines/"];

let server: Server;
let base: string;
let seen: string[];
let token: string;

const kept = (): object => ({ access_token: token, refresh_token: "r" });

beforeEach(async () => {
  seen = [];
  token = "mine";
  server = createServer((request, response) => {
    seen.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? "nobody"}`);
    response.setHeader("Content-Type", "application/json").end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  vi.stubGlobal("localStorage", { getItem: () => JSON.stringify(kept()) });
});

afterEach(() => {
  globalThis.livefloorEarly = undefined;
  vi.unstubAllGlobals();
  vi.useRealTimers();
  server.close();
  server.closeAllConnections();
});

function send(path: string, method = "GET"): Promise<Response> {
  const keeper = { read: () => ({ access_token: token, refresh_token: "r" }), write: () => undefined, drop: () => undefined, subscribe: () => () => undefined };
  return createSender({ base, keeper }).send(new Request(new URL(path, base), { method }));
}

test("an early answer is taken by the first call, and by no other", async () => {
  askEarly(base, "session", ALL, SIGNED_IN);
  expect((await send("api/v1/machines/")).ok).toBe(true);
  expect(seen).toEqual(["GET /api/v1/meta Bearer mine", "GET /api/v1/machines/ Bearer mine"]);
  await send("api/v1/machines/");
  expect(seen).toHaveLength(3);
});

test("nobody signed in asks only for what is for everybody", async () => {
  vi.stubGlobal("localStorage", { getItem: () => null });
  askEarly(base, "session", ALL, SIGNED_IN);
  await globalThis.livefloorEarly?.get(`${base}api/v1/meta`)?.answer;
  expect(seen).toEqual(["GET /api/v1/meta nobody"]);
});

test("what was asked for another person is left", async () => {
  askEarly(base, "session", ALL, SIGNED_IN);
  token = "another's";
  await send("api/v1/machines/");
  expect(seen).toContain("GET /api/v1/machines/ Bearer another's");
});

test("an answer that waited too long is left", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  askEarly(base, "session", ALL, SIGNED_IN);
  vi.setSystemTime(Date.now() + 10_000);
  await send("api/v1/machines/");
  expect(seen.filter((line) => line.includes("machines"))).toHaveLength(2);
});

test("an act is never answered early", async () => {
  askEarly(base, "session", ALL, SIGNED_IN);
  await send("api/v1/machines/", "POST");
  expect(seen.filter((line) => line.startsWith("POST"))).toHaveLength(1);
});

test("where the server cannot be reached, whoever asks is told", async () => {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  askEarly(base, "session", ALL, SIGNED_IN);
  await expect(send("api/v1/machines/")).rejects.toMatchObject({ isOffline: true });
});
