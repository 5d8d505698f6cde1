import { backoffMs } from "./backoff.ts";
import type { ServerClock } from "./clock.ts";
import { compareIds, newerId, type Frame, type Said } from "./frame.ts";
import { LineKeeper, type LiveLine } from "./line.ts";

const GREETING_MS = 10_000;
const PONG_MS = 10_000;
const WAKE_PONG_MS = 4_000;
const WAKE_GAP_MS = 500;
const CROWDED_MS = 60_000;

/** Close codes of `/api/ws` that ask for more than "come back". */
const UNAUTHENTICATED = 4401;
const TOO_MANY = 4429;

export interface ConnectionOptions {
  readonly url: string;
  readonly clock: ServerClock;
  token(): string | null;
  /** The server refused this token: get another one. False when the session is over. */
  renew(token: string): Promise<boolean>;
  readonly onFrame: (frame: Frame) => void;
  /** What the server says of itself, e.g. who is present. */
  readonly onSaid?: (said: Said) => void;
  /** The server no longer has what was missed: load everything again and say the position it is true for. */
  onResync(): Promise<string>;
}

type Timer = ReturnType<typeof setTimeout>;

/** The one place that owns the WebSocket: sign in, catch up, stay alive, come back. */
export class LiveConnection implements LiveLine {
  readonly #options: ConnectionOptions;
  readonly #line = new LineKeeper();
  #socket: WebSocket | null = null;
  #running = false;
  #lastId: string | null = null;
  #attempt = 0;
  #triedAt = 0;
  /** One window too many: only somebody who looks at it brings it back early, or the windows would push each other out. */
  #isCrowded = false;
  #heartbeatMs = 25_000;
  #pingedAt = 0;
  #retry: Timer | undefined;
  #deadline: Timer | undefined;
  #beat: Timer | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  readonly subscribe = this.#line.subscribe;
  readonly status = this.#line.status;

  get lastId(): string | null {
    return this.#lastId;
  }

  /** Connect, and catch up from the position that the loaded snapshot is true for. */
  start(lastId: string): void {
    this.#lastId = newerId(this.#lastId, lastId);
    this.#line.confirmed();
    this.#begin();
  }

  /** Connect with what an earlier visit kept: its position, and when it was last known to be true. */
  resume(lastId: string, asOf: number): void {
    if (this.#running) return;
    this.#lastId = lastId;
    this.#line.kept(asOf);
    this.#begin();
  }

  #begin(): void {
    if (this.#running) return;
    this.#running = true;
    this.#attempt = 0;
    if (typeof window !== "undefined") {
      window.addEventListener("online", this.#onOnline);
      window.addEventListener("offline", this.#onOffline);
      document.addEventListener("visibilitychange", this.#onVisible);
    }
    this.#line.goneQuiet();
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    if (typeof window !== "undefined") {
      window.removeEventListener("online", this.#onOnline);
      window.removeEventListener("offline", this.#onOffline);
      document.removeEventListener("visibilitychange", this.#onVisible);
    }
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#drop(1000);
    this.#lastId = null;
    this.#line.forget();
  }

  /** A sign of life from elsewhere: do not wait out the backoff. */
  wake(): void {
    if (!this.#running || this.#socket !== null || this.#retry === undefined || this.#isCrowded) return;
    if (Date.now() - this.#triedAt < WAKE_GAP_MS) return;
    this.#attempt = 0;
    this.#connect();
  }

  readonly #onOnline = (): void => {
    this.#triedAt = 0;
    this.wake();
    if (this.#socket !== null) this.#ping(WAKE_PONG_MS);
  };

  readonly #onOffline = (): void => {
    if (this.status().line !== "live") this.#line.offline();
    else this.#ping(WAKE_PONG_MS);
  };

  readonly #onVisible = (): void => {
    if (document.visibilityState !== "visible") return;
    this.#isCrowded = false;
    this.wake();
    // A phone that slept may hold a socket that died long ago.
    if (this.status().line === "live") this.#ping(WAKE_PONG_MS);
  };

  #connect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#isCrowded = false;
    const token = this.#options.token();
    if (!this.#running || token === null) return;
    this.#triedAt = Date.now();
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    this.#deadline = setTimeout(() => this.#lost(), GREETING_MS);
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "auth", token, ...(this.#lastId === null ? {} : { last_id: this.#lastId }) }));
    };
    socket.onmessage = (message: MessageEvent<string>) => this.#read(message.data);
    socket.onclose = (event) => {
      if (event.code === UNAUTHENTICATED) void this.#renew(token);
      else {
        this.#isCrowded = event.code === TOO_MANY;
        this.#lost(this.#isCrowded ? CROWDED_MS : undefined);
      }
    };
  }

  #read(text: string): void {
    const frame = JSON.parse(text) as Frame;
    clearTimeout(this.#deadline);
    this.#line.heard(this.#options.clock.now());
    if (typeof frame.id !== "string") this.#options.onSaid?.(frame);
    switch (frame.event) {
      case "connected": {
        const { server_time, heartbeat_seconds } = frame.data as { server_time: string; heartbeat_seconds: number };
        this.#options.clock.observe(server_time);
        this.#heartbeatMs = heartbeat_seconds * 1000;
        this.#attempt = 0;
        this.#line.live();
        this.#schedulePing();
        return;
      }
      case "pong":
        this.#options.clock.observe((frame.data as { server_time: string }).server_time, Date.now() - this.#pingedAt);
        return;
      case "resync":
        void this.#resync();
        return;
      default:
        if (typeof frame.id !== "string") return; // a control frame
        if (this.#lastId !== null && compareIds(frame.id, this.#lastId) <= 0) return;
        this.#options.clock.reached(frame.at);
        this.#options.onFrame(frame);
        this.#lastId = frame.id;
    }
  }

  async #resync(): Promise<void> {
    try {
      // The old position is worth nothing any more, even where it reads as newer.
      this.#lastId = await this.#options.onResync();
    } catch {
      this.#lost();
    }
  }

  async #renew(token: string): Promise<void> {
    this.#drop();
    try {
      // A false answer means that the session is over; whoever keeps it has been told.
      if (await this.#options.renew(token)) this.#lost();
    } catch {
      this.#lost();
    }
  }

  #schedulePing(): void {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => {
      this.#ping(PONG_MS);
      this.#schedulePing();
    }, this.#heartbeatMs);
  }

  #ping(patienceMs: number): void {
    if (this.#socket?.readyState !== 1) return;
    this.#pingedAt = Date.now();
    this.#socket.send(JSON.stringify({ type: "ping" }));
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#lost(), patienceMs);
  }

  /** The line is gone: say so and come back after the backoff. */
  #lost(waitMs = backoffMs(this.#attempt)): void {
    this.#drop();
    if (!this.#running) return;
    this.#attempt += 1;
    this.#line.goneQuiet();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), waitMs);
  }

  #drop(code?: number): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#beat);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
  }
}
