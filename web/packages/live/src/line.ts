const OFFLINE_AFTER_MS = 5_000;

export type Line = "connecting" | "live" | "reconnecting" | "offline";

export interface LineStatus {
  readonly line: Line;
  /** When the line was last known to be good, in server time; null before the first word. */
  readonly asOf: number | null;
  /** What is shown comes from an earlier visit and the server has not confirmed it yet. */
  readonly isKept: boolean;
}

/** A connection as pages see it, whatever the protocol. */
export interface LiveLine {
  readonly subscribe: (listener: () => void) => () => void;
  readonly status: () => LineStatus;
  /** The position in the log up to which all is known. */
  readonly lastId: string | null;
  /** Connect, and catch up from the position that the loaded snapshot is true for. */
  start(lastId: string): void;
  /** Connect with what an earlier visit kept: its position, and when it was last known to be true. */
  resume(lastId: string, asOf: number): void;
  /** Leave: nobody is signed in any more. */
  stop(): void;
  /** A sign of life from elsewhere: do not wait out the backoff. */
  wake(): void;
}

/** What is told of a line: whether it is live, and if not since when. */
export class LineKeeper {
  readonly #listeners = new Set<() => void>();
  #status: LineStatus = { line: "connecting", asOf: null, isKept: false };
  #heardAt: number | null = null;
  #isKept = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly status = (): LineStatus => this.#status;

  /** Take a word of the server. Not told by itself: "as of" is only read while the line is down. */
  heard(at: number): void {
    this.#heardAt = at;
  }

  /** All is known that there is to know, and more comes as it happens. */
  live(): void {
    this.#rest();
    this.#isKept = false;
    this.#set("live");
  }

  /** What is shown is what an earlier visit kept. */
  kept(asOf: number): void {
    this.#heardAt = asOf;
    this.#isKept = true;
    this.#set(this.#status.line);
  }

  /** What is shown is what the server has just said. */
  confirmed(): void {
    this.#isKept = false;
    this.#set(this.#status.line);
  }

  /** No word comes: offline after a while, or at once where the browser knows. */
  goneQuiet(): void {
    const offline = typeof navigator !== "undefined" && (navigator.onLine as boolean | undefined) === false;
    if (offline) this.#set("offline");
    else if (this.#status.line === "live") this.#set("reconnecting");
    this.#patience ??= setTimeout(() => this.#set("offline"), OFFLINE_AFTER_MS);
  }

  offline(): void {
    this.#set("offline");
  }

  /** Know nothing: another person signs in. */
  forget(): void {
    this.#rest();
    this.#heardAt = null;
    this.#isKept = false;
    this.#set("connecting");
  }

  #rest(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #set(line: Line): void {
    const { line: before, asOf, isKept } = this.#status;
    if (line === before && this.#heardAt === asOf && this.#isKept === isKept) return;
    this.#status = { line, asOf: this.#heardAt, isKept: this.#isKept };
    for (const listener of this.#listeners) listener();
  }
}
