import type { Drawer } from "./drawer.ts";

export type QueuedState = "waiting" | "sending" | "refused" | "expired";

/** Something a person did while the server could not be reached. */
export interface QueuedAct {
  /** The Idempotency-Key it is sent with, however often. */
  readonly id: string;
  readonly kind: string;
  readonly input: unknown;
  readonly person: string;
  /** Milliseconds of this device's clock. */
  readonly madeAt: number;
  readonly expiresAt: number;
  /** Place among the acts of this browser. */
  readonly order: number;
  readonly state: QueuedState;
  /** Why the server refused it. */
  readonly reason?: string;
}

/** How one kind of act is sent, and how long it may wait. */
export interface ActRule<Input = never> {
  readonly lifetimeMs: number;
  send(input: Input, key: string): Promise<unknown>;
}

export interface ActQueueOptions {
  readonly drawer: Drawer;
  readonly rules: Readonly<Record<string, ActRule>>;
  /** Who is signed in; acts of somebody else wait for them. */
  person(): string | null;
  /** The sentence of a refusal that is final; null when the act may be tried again as it stands. */
  refusal(error: unknown): string | null;
  readonly onSent?: (act: QueuedAct) => void;
  readonly now?: () => number;
}

const RETRY_MS = 5_000;

/**
 * Acts that wait for the server: sent one after the other in the order they were made, each with its own key, so that
 * one that did arrive is not done twice. They outlive the page, a restart and a session that ended.
 *
 * An act past its time is not sent any more (spec R66): it must not come true later than the person believes.
 */
export class ActQueue {
  readonly #options: ActQueueOptions;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #channel: BroadcastChannel | null;
  #acts: readonly QueuedAct[] = [];
  #shown: readonly QueuedAct[] = [];
  #running: Promise<void> | null = null;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Reading what an earlier page left; nothing is sent or added before. */
  readonly #loaded: Promise<void>;

  constructor(options: ActQueueOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("livefloor-acts");
    if (this.#channel !== null) this.#channel.onmessage = () => void this.#read();
    this.#loaded = this.#read();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The acts of the person who is signed in, oldest first; the same array as long as nothing changed. */
  readonly acts = (): readonly QueuedAct[] => this.#shown;

  /** True while an act of this person waits: what is done now has to go behind it. */
  get isWaiting(): boolean {
    return this.#shown.some(({ state }) => state === "waiting" || state === "sending");
  }

  async add(kind: string, input: unknown, key: string): Promise<void> {
    const rule = this.#options.rules[kind];
    const person = this.#options.person();
    if (rule === undefined || person === null) throw new Error(`${kind} cannot wait`);
    await this.#loaded;
    const madeAt = this.#now();
    const order = Math.max(0, ...this.#acts.map((act) => act.order)) + 1;
    await this.#put({ id: key, kind, input, person, madeAt, expiresAt: madeAt + rule.lifetimeMs, order, state: "waiting" });
    void this.send();
  }

  /** Take back an act that was not sent, or put away one that was refused or came too late. */
  async drop(id: string): Promise<void> {
    await this.#options.drawer.dropAct(id);
    this.#set(this.#acts.filter((act) => act.id !== id));
    this.#tellOthers();
  }

  /** Send what waits. Called at each sign of life; one run at a time over all tabs. */
  send(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#loaded
      .then(() => oneTabAtATime(() => this.#run()))
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  /** Show the acts of whoever is signed in now. */
  async personChanged(): Promise<void> {
    await this.#read();
    await this.#forgetOld();
    void this.send();
  }

  /** What somebody else left on this device is not kept longer than it could be of use to them. */
  async #forgetOld(): Promise<void> {
    const person = this.#options.person();
    const old = this.#acts.filter((act) => act.person !== person && this.#now() >= act.expiresAt);
    for (const { id } of old) await this.drop(id);
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#read();
      for (const act of this.#shown.filter(({ state }) => state === "waiting" || state === "sending")) {
        if (!(await this.#sendOne(act))) return;
      }
    }
  }

  /** True when the next one may be sent. */
  async #sendOne(act: QueuedAct): Promise<boolean> {
    const rule = this.#options.rules[act.kind];
    if (rule === undefined || this.#now() >= act.expiresAt) {
      await this.#put({ ...act, state: "expired" });
      return true;
    }
    await this.#put({ ...act, state: "sending" });
    try {
      await rule.send(act.input as never, act.id);
    } catch (error) {
      const reason = this.#options.refusal(error);
      await this.#put(reason === null ? { ...act, state: "waiting" } : { ...act, state: "refused", reason });
      if (reason === null) this.#later();
      return reason !== null;
    }
    await this.drop(act.id);
    this.#options.onSent?.(act);
    return true;
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.send(), RETRY_MS);
  }

  async #put(act: QueuedAct): Promise<void> {
    await this.#options.drawer.putAct(act);
    this.#set([...this.#acts.filter(({ id }) => id !== act.id), act]);
    this.#tellOthers();
  }

  async #read(): Promise<void> {
    this.#set(await this.#options.drawer.acts());
  }

  #set(acts: readonly QueuedAct[]): void {
    const person = this.#options.person();
    this.#acts = [...acts].sort((a, b) => a.order - b.order);
    this.#shown = this.#acts.filter((act) => act.person === person);
    for (const listener of this.#listeners) listener();
  }

  #tellOthers(): void {
    this.#channel?.postMessage("changed");
  }
}

function oneTabAtATime(work: () => Promise<void>): Promise<void> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  return locks === undefined ? work() : locks.request("livefloor-acts", work);
}
