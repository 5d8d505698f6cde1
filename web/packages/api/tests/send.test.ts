import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { answer, createApi, done, newKey, Problem, traceOf, type Api, type Keeper, type Tokens } from "../src/index.ts";

interface Paths {
  "/api/v1/machines/start": {
    post: {
      requestBody: { content: { "application/json": { machine_id: number } } };
      responses: { 201: { content: { "application/json": { version: number } } } };
    };
  };
  "/api/v1/auth/login": { post: { requestBody: { content: { "application/json": { pin: string } } }; responses: { 200: { content: { "application/json": object } } } } };
}

interface Seen {
  readonly path: string;
  readonly token: string | undefined;
  readonly key: string | undefined;
  readonly trace: string | undefined;
  readonly body: string;
}

/** Keeps the tokens in memory: what `storageKeeper` does over a browser's storage. */
function memoryKeeper(session: Tokens | null): Keeper<Tokens> {
  let held = session;
  return {
    read: () => held,
    write: (next) => {
      held = next;
    },
    drop: () => {
      held = null;
    },
    subscribe: () => () => undefined,
  };
}

let server: Server;
let seen: Seen[];
let valid: string;
let refreshAnswer: { status: number; body: object };
let keeper: Keeper<Tokens>;
let over: string[];
let alive: number;
let api: Api<Paths>;

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

beforeEach(async () => {
  seen = [];
  over = [];
  alive = 0;
  valid = "new";
  refreshAnswer = { status: 200, body: { access_token: "new", refresh_token: "r2" } };
  server = createServer((request, response) => {
    void read(request).then((body) => {
      const token = request.headers.authorization?.replace("Bearer ", "");
      seen.push({ path: request.url ?? "", token, key: request.headers["idempotency-key"] as string | undefined, trace: request.headers.traceparent as string | undefined, body });
      const reply = (status: number, json: object): void => {
        response.writeHead(status, { "Content-Type": "application/json", "Event-Seq": "812" }).end(JSON.stringify(json));
      };
      if (request.url?.endsWith("/auth/refresh") === true) reply(refreshAnswer.status, refreshAnswer.body);
      else if (token === "revoked") reply(401, { code: "session_revoked", detail: "This session was closed." });
      else if (token !== valid && token !== undefined) reply(401, { code: "token_expired", detail: "Sign in again." });
      else if (body.includes('"machine_id":9')) reply(409, { code: "machine_in_use", detail: "Washer 9 is in use.", ends_at: "soon" });
      else reply(201, { version: 8 });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  keeper = memoryKeeper({ access_token: "old", refresh_token: "r1" });
  api = createApi<Paths, Tokens>({
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/laundry/`,
    keeper,
    onSessionOver: (code) => over.push(code),
    onAnswer: () => {
      alive += 1;
    },
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const start = (machine_id = 3) => answer(api.http.POST("/api/v1/machines/start", { body: { machine_id } }));

test("an expired token is refreshed once and the same request repeated", async () => {
  expect(await start()).toEqual({ data: { version: 8 }, seq: 812 });
  expect(seen.map(({ path, token }) => [path, token])).toEqual([
    ["/laundry/api/v1/machines/start", "old"],
    ["/laundry/api/v1/auth/refresh", undefined],
    ["/laundry/api/v1/machines/start", "new"],
  ]);
  expect(seen[2]?.body).toBe(seen[0]?.body);
  expect(seen[2]?.key).toBe(seen[0]?.key);
  expect(keeper.read()).toEqual({ access_token: "new", refresh_token: "r2" });
  expect(alive).toBe(3);
});

test("many requests at once share one refresh", async () => {
  await Promise.all([start(1), start(2), start(3), start(4)]);
  expect(seen.filter(({ path }) => path.endsWith("/refresh"))).toHaveLength(1);
});

test("a request that fails after the refresh is not repeated again", async () => {
  valid = "never";
  await expect(start()).rejects.toMatchObject({ code: "token_expired" });
  expect(seen).toHaveLength(3);
});

test("a refused refresh ends the session", async () => {
  refreshAnswer = { status: 401, body: { code: "refresh_reused", detail: "This session was closed." } };
  await expect(start()).rejects.toMatchObject({ code: "token_expired" });
  expect(over).toEqual(["refresh_reused"]);
  expect(keeper.read()).toBeNull();
});

test("a refresh that the server cannot answer keeps the session", async () => {
  refreshAnswer = { status: 503, body: { code: "unavailable", detail: "Later." } };
  await expect(start()).rejects.toMatchObject({ isOffline: true });
  expect(over).toEqual([]);
  expect(keeper.read()).not.toBeNull();
});

test("a revoked session ends without a refresh", async () => {
  keeper.write({ access_token: "revoked", refresh_token: "r1" });
  await expect(start()).rejects.toMatchObject({ status: 401, code: "session_revoked" });
  expect(over).toEqual(["session_revoked"]);
  expect(seen).toHaveLength(1);
});

test("every POST outside auth has a key of its own", async () => {
  keeper.write({ access_token: "new", refresh_token: "r2" });
  await start();
  await start();
  await done(api.http.POST("/api/v1/auth/login", { body: { pin: "7305" } }));
  const [first, second, login] = seen;
  expect(first?.key).toMatch(/^[0-9a-f]{32}$/);
  expect(second?.key).not.toBe(first?.key);
  expect(login?.key).toBeUndefined();
});

test("an act is one trace from the tap, however often it is sent; what waited keeps its key, and so its trace", async () => {
  const key = newKey();
  for (let times = 0; times < 2; times++) await done(api.http.POST("/api/v1/machines/start", { body: { machine_id: 3 }, headers: { "Idempotency-Key": key } }));
  await start();
  const [stale, , first, again, other] = seen.map(({ trace }) => trace);
  expect(first).toMatch(new RegExp(`^00-${key}-[0-9a-f]{16}-01$`));
  expect([stale, again]).toEqual([first, first]);
  expect(other).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(other).not.toBe(first);
  expect(other).toBe(traceOf(seen.at(-1)?.key ?? ""));
});

test("a refusal is a Problem with its code, its sentence and its details", async () => {
  keeper.write({ access_token: "new", refresh_token: "r2" });
  const problem = await start(9).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 409, code: "machine_in_use", message: "Washer 9 is in use.", details: { ends_at: "soon" } });
});

test("a server that is not there is a Problem as well", async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(start()).rejects.toMatchObject({ code: "offline", isOffline: true });
});

const mango = { access_token: "old", refresh_token: "r1", user: { id: "mango" } };
const papaya = { access_token: "new", refresh_token: "p1", user: { id: "papaya" } };

/** Do something at the moment a request comes in, before it is answered. */
function whenAsked(path: string, act: () => void): void {
  server.prependListener("request", (request: IncomingMessage) => {
    if (request.url?.endsWith(path) === true) act();
  });
}

test("a request of one person is never repeated with the token of another", async () => {
  keeper.write(mango);
  whenAsked("/machines/start", () => keeper.write(papaya));
  await expect(start()).rejects.toMatchObject({ status: 401 });
  expect(seen.map(({ token }) => token)).toEqual(["old"]);
});

test("an answer to somebody who has left is not given to whoever came after", async () => {
  keeper.write({ ...mango, access_token: "new" });
  whenAsked("/machines/start", () => keeper.write(papaya));
  await expect(start()).rejects.toMatchObject({ code: "session_revoked" });
});

test("a refresh that comes back after signing out brings no session back", async () => {
  whenAsked("/auth/refresh", () => keeper.drop());
  await expect(start()).rejects.toMatchObject({ status: 401 });
  expect(keeper.read()).toBeNull();
});

test("a refresh that comes back after somebody else signed in leaves their session alone", async () => {
  keeper.write(mango);
  whenAsked("/auth/refresh", () => keeper.write(papaya));
  await expect(start()).rejects.toMatchObject({ status: 401 });
  expect(keeper.read()).toEqual(papaya);
});

test("a page in place of an answer is not the server's: a sign-in of the network, or a proxy that found nobody", async () => {
  server.removeAllListeners("request").on("request", (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end("<h1>Welcome to the guest network</h1>");
  });
  await expect(start()).rejects.toMatchObject({ code: "offline", isOffline: true });
  expect(alive).toBe(0);
});
