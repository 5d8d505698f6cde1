import { io, type Socket } from "socket.io-client";

import { backoffMs } from "./backoff.ts";
import type { ServerClock } from "./clock.ts";
import { seqOf, type Frame, type Said } from "./frame.ts";
import { LineKeeper, type LiveLine } from "./line.ts";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const SETTLED_MS = 60_000;
const ANSWER_MS = 10_000;
const JOIN_MS = 3_000;

export interface SocketIoOptions {
  /** Where the system is mounted, ending in a slash. */
  readonly base: string;
  readonly clock: ServerClock;
  token(): string | null;
  /** What the server calls this kind of token; `token` where it is not said. */
  tokenName?(): string;
  /** The server refused this token: get another one. False when the session is over. */
  renew(token: string): Promise<boolean>;
  readonly onFrame: (frame: Frame) => void;
  /** What the server says of itself, e.g. who is present. */
  readonly onSaid?: (said: Said) => void;
  /** The server no longer has what was missed: load everything again and say the position it is true for. */
  onResync(): Promise<string>;
}

/** What a client is answered: `ok` with more, or a problem. */
export type Ack = { readonly ok: true; readonly [field: string]: unknown } | { readonly ok: false; readonly code: string; readonly detail: string };

interface Missed {
  readonly last_seq: number;
  readonly events?: readonly { readonly event: string; readonly seq: number; readonly at: string; readonly data: unknown }[];
  readonly more?: boolean;
  readonly resync?: boolean;
}

/** The one place that owns a Socket.IO connection: sign in, join, catch up, come back. Its position is `seq.0`. */
export class SocketIoConnection implements LiveLine {
  readonly #options: SocketIoOptions;
  readonly #line = new LineKeeper();
  readonly #stations = new Map<number, number>();
  #socket: Socket | null = null;
  #lastSeq: number | null = null;
  /** Frames that come while what was missed is asked for; null while there is nothing to wait for. */
  #held: Frame[] | null = null;
  /** Waiting for the next try, and not trying. */
  #isDown = false;
  /** How often the server has ended a connection that had not settled, and when the line came up last. */
  #endings = 0;
  #liveAt = 0;

  constructor(options: SocketIoOptions) {
    this.#options = options;
  }

  readonly subscribe = this.#line.subscribe;
  readonly status = this.#line.status;

  get lastId(): string | null {
    return this.#lastSeq === null ? null : `${this.#lastSeq}.0`;
  }

  start(lastId: string): void {
    this.#lastSeq = Math.max(this.#lastSeq ?? 0, seqOf(lastId));
    this.#line.confirmed();
    this.#begin();
  }

  resume(lastId: string, asOf: number): void {
    if (this.#socket !== null) return;
    this.#lastSeq = seqOf(lastId);
    this.#line.kept(asOf);
    this.#begin();
  }

  stop(): void {
    if (typeof window !== "undefined") {
      window.removeEventListener("online", this.#onOnline);
      window.removeEventListener("offline", this.#onOffline);
      document.removeEventListener("visibilitychange", this.#onOnline);
    }
    this.#socket?.disconnect();
    this.#socket = null;
    this.#lastSeq = null;
    this.#held = null;
    this.#line.forget();
  }

  wake(): void {
    if (this.#socket === null || this.#socket.connected || !this.#isDown) return;
    this.#isDown = false;
    this.#socket.disconnect().connect();
  }

  /** Follow a station until `leave`; true once the server has joined us, false where it cannot be reached now. */
  async join(station: number): Promise<boolean> {
    this.#stations.set(station, (this.#stations.get(station) ?? 0) + 1);
    return this.#join(station);
  }

  leave(station: number): void {
    const left = (this.#stations.get(station) ?? 1) - 1;
    if (left > 0) {
      this.#stations.set(station, left);
      return;
    }
    this.#stations.delete(station);
    if (this.#socket?.connected === true) this.#socket.emit("leave_station", { station_id: station });
  }

  /** Say something and wait for the answer. Fails where none comes. */
  say(event: string, body: object): Promise<Ack> {
    if (this.#socket?.connected !== true) return Promise.reject(new Error("The line is down."));
    return this.#socket.timeout(ANSWER_MS).emitWithAck(event, body) as Promise<Ack>;
  }

  #begin(): void {
    if (this.#socket !== null) return;
    const { base } = this.#options;
    const { origin, pathname } = new URL(base);
    const socket = io(origin, {
      path: `${pathname}socket.io/`,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      auth: (give) => give({ [this.#options.tokenName?.() ?? "token"]: this.#options.token() ?? "" }),
      reconnectionDelay: FIRST_RETRY_MS,
      reconnectionDelayMax: LAST_RETRY_MS,
      randomizationFactor: 0.5,
    });
    this.#socket = socket;
    socket.io.on("reconnect_attempt", () => {
      this.#isDown = false;
    });
    socket.on("connect", () => {
      this.#isDown = false;
      this.#held = [];
    });
    socket.on("connect_error", () => this.#refused(socket));
    socket.on("disconnect", (reason) => {
      this.#line.goneQuiet();
      if (reason === "io server disconnect") this.#ended(socket);
      else this.#isDown = true;
    });
    socket.onAny((event: string, data: unknown) => this.#read(event, data));
    if (typeof window !== "undefined") {
      window.addEventListener("online", this.#onOnline);
      window.addEventListener("offline", this.#onOffline);
      document.addEventListener("visibilitychange", this.#onOnline);
    }
    this.#line.goneQuiet();
  }

  readonly #onOnline = (): void => {
    if (document.visibilityState === "visible") this.wake();
  };

  readonly #onOffline = (): void => {
    if (this.status().line !== "live") this.#line.offline();
  };

  #refused(socket: Socket): void {
    this.#isDown = true;
    this.#line.goneQuiet();
    // Where the server itself has refused, the client does not try again by itself.
    if (!socket.active) void this.#renew(socket);
  }

  /**
   * The server has ended the connection: with its session, or as one window too many. Slower each time, and not at a sign of
   * life, or windows would push each other out; where the session is over, the next try is told so.
   */
  #ended(socket: Socket): void {
    if (Date.now() - this.#liveAt > SETTLED_MS) this.#endings = 0;
    this.#later(socket, backoffMs(this.#endings++));
  }

  #later(socket: Socket, waitMs: number): void {
    setTimeout(() => {
      if (this.#socket === socket && !socket.connected) socket.connect();
    }, waitMs);
  }

  async #renew(socket: Socket): Promise<void> {
    const token = this.#options.token();
    if (token === null) return;
    try {
      // A false answer means that the session is over; whoever keeps it has been told.
      if (!(await this.#options.renew(token))) return;
    } catch {
      // Not reached: tried again like a line that broke.
    }
    this.#later(socket, FIRST_RETRY_MS);
  }

  #read(event: string, data: unknown): void {
    this.#line.heard(this.#options.clock.now());
    const { seq, at } = data as { seq?: unknown; at?: unknown };
    if (event === "connected") void this.#greeted(data as { last_seq: number; server_time: string });
    else if (event === "session_expiring") void this.#refresh();
    else if (event !== "sync_data" && typeof seq === "number" && typeof at === "string") {
      const frame: Frame = { event, id: `${seq}.0`, seq, at, data };
      if (this.#held === null) this.#take(frame);
      else this.#held.push(frame);
      return;
    }
    this.#options.onSaid?.({ event, data });
  }

  #take(frame: Frame): void {
    this.#options.clock.reached(frame.at);
    this.#options.onFrame(frame);
    this.#lastSeq = Math.max(this.#lastSeq ?? 0, frame.seq);
  }

  /** Join and catch up before anything is shown as live. */
  async #greeted({ last_seq, server_time }: { readonly last_seq: number; readonly server_time: string }): Promise<void> {
    this.#options.clock.observe(server_time);
    try {
      await Promise.all([...this.#stations.keys()].map((station) => this.#join(station)));
      if (this.#lastSeq === null) this.#lastSeq = last_seq;
      else await this.#catchUp(this.#lastSeq);
      const held = this.#held ?? [];
      this.#held = null;
      const known = this.#lastSeq;
      for (const frame of held) if (frame.seq > known) this.#take(frame);
      this.#line.live();
      this.#liveAt = Date.now();
    } catch {
      this.#socket?.disconnect().connect();
    }
  }

  async #catchUp(since: number): Promise<void> {
    const stations = this.#stations.size === 0 ? [undefined] : [...this.#stations.keys()];
    const missed = new Map<string, Frame>();
    let reached = since;
    for (const station_id of stations) {
      let from = since;
      for (let more = true; more; ) {
        const ack = await this.say("request_sync", { since: from, ...(station_id === undefined ? {} : { station_id }) });
        if (!ack.ok) throw new Error(ack.detail);
        const told = ack as unknown as Missed;
        if (told.resync === true) {
          this.#lastSeq = seqOf(await this.#options.onResync());
          return;
        }
        for (const { event, seq, at, data } of told.events ?? []) missed.set(`${seq} ${event} ${JSON.stringify(data)}`, { event, id: `${seq}.0`, seq, at, data });
        from = told.last_seq;
        more = told.more === true;
      }
      reached = Math.max(reached, from);
    }
    for (const frame of [...missed.values()].sort((one, other) => one.seq - other.seq)) this.#take(frame);
    this.#lastSeq = reached;
  }

  async #join(station: number): Promise<boolean> {
    if (this.#socket?.connected !== true) return false;
    try {
      const ack = (await this.#socket.timeout(JOIN_MS).emitWithAck("join_station", { station_id: station })) as Ack;
      return ack.ok;
    } catch {
      return false;
    }
  }

  async #refresh(): Promise<void> {
    const token = this.#options.token();
    if (token === null || !(await this.#options.renew(token).catch(() => false))) return;
    const fresh = this.#options.token();
    if (fresh !== null) await this.say("refresh_auth", { token: fresh }).catch(() => undefined);
  }
}

/** Tell a frame on the window, as scripts beside the pages expect it: `order_updated` as `ws:orderUpdate` (the seed's own name), others by rule. */
export function tellWindow({ event, data }: Said): void {
  const name = event === "order_updated" ? "orderUpdate" : event.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  window.dispatchEvent(new CustomEvent(`ws:${name}`, { detail: data }));
}
