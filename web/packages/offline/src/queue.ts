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
  /** What it said besides, e.g. the record as it is now. */
  readonly details?: unknown;
}

/** What came of an act that was sent together with others. */
export type ActOutcome = { readonly state: "done" | "waiting" } | { readonly state: "refused"; readonly reason: string; readonly details?: unknown };

/** How one kind of act is sent, and how long it may wait. */
export interface ActRule<Input = never> {
  readonly lifetimeMs: number;
  /** Left out where all acts are sent together. */
  send?(input: Input, key: string): Promise<unknown>;
}

export interface ActQueueOptions {
  readonly drawer: Drawer;
  readonly rules: Readonly<Record<string, ActRule>>;
  /** Send many acts at once, in order, and say what came of each; where the server takes them so. */
  readonly sendTogether?: (acts: readonly QueuedAct[]) => Promise<readonly ActOutcome[]>;
  /** Who is signed in; acts of somebody else wait for them. */
  person(): string | null;
  /** The sentence of a refusal that is final; null when the act may be tried again as it stands. */
  refusal(error: unknown): string | null;
  /** How long the server asked to be left alone; null where it did not say. */
  readonly waitMs?: (error: unknown) => number | null;
  readonly onSent?: (act: QueuedAct) => void;
  readonly now?: () => number;
}

const RETRY_MS = 5_000;
/** As many as one request may hold. */
const TOGETHER = 100;
/** No longer, so that what is too late by then is told. */
const LONGEST_PAUSE_MS = 60_000;

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
  #isPaused = false;
  /** Reading what an earlier page left; nothing is sent or added before. */
  readonly #loaded: Promise<void>;

  constructor(options: ActQueueOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("livefloor-acts");
    if (this.#channel !== null) this.#channel.onmessage = () => void this.#read();
    this.#loaded = this.#read();
    // A sign of life may have come before: it found nothing to send.
    void this.#loaded.then(() => (this.isWaiting ? this.send() : undefined));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The acts of the person who is signed in, oldest first; the same array as long as nothing changed. */
  readonly acts = (): readonly QueuedAct[] => this.#shown;

  /** True while an act of this person waits: what is done now has to go behind it. */
  get isWaiting(): boolean {
    return this.#shown.some(isOpen);
  }

  /** Keep an act of a person who is still here. Fails where this browser cannot keep it: it would be lost unseen. */
  async add(kind: string, input: unknown, key: string, made: { person: string | null; madeAt: number } = { person: this.#options.person(), madeAt: this.#now() }): Promise<void> {
    const { person, madeAt } = made;
    const rule = this.#options.rules[kind];
    if (rule === undefined || person === null || person !== this.#options.person()) throw new Error(`${kind} cannot wait`);
    await this.#loaded;
    const order = Math.max(0, ...this.#acts.map((act) => act.order)) + 1;
    const act: QueuedAct = { id: key, kind, input, person, madeAt, expiresAt: madeAt + rule.lifetimeMs, order, state: "waiting" };
    await this.#options.drawer.putAct(act);
    this.#show(key, act);
    void this.send();
  }

  /** Take back an act that was not sent, or put away one that was refused or came too late. */
  async drop(id: string): Promise<void> {
    // What is on its way is no longer the person's to take back: it may have arrived.
    await this.#change(id, (act) => (act.state === "sending" ? act : null));
  }

  /** Send what waits. Called at each sign of life; one run at a time over all tabs. */
  send(): Promise<void> {
    if (this.#isPaused) return this.#running ?? Promise.resolve();
    this.#again = true;
    this.#running ??= this.#loaded
      .then(() => oneTabAtATime(() => this.#run()))
      .catch(() => {
        // The storage failed; what waits is still in it.
        this.#again = false;
        this.#later(RETRY_MS);
      })
      .finally(() => {
        this.#running = null;
        // Something was added while the run came to its end.
        if (this.#again) void this.send();
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
    for (const { id } of old) await this.#change(id, () => null).catch(() => null);
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#read();
      if (await this.#sendAll(this.#shown.filter(isOpen))) continue;
      this.#again = false; // not at once: the answer that said no was a sign of life, too
      return;
    }
  }

  /** False where the server must be left alone for a while. */
  async #sendAll(acts: readonly QueuedAct[]): Promise<boolean> {
    const { sendTogether } = this.#options;
    if (sendTogether === undefined) {
      for (const act of acts) if (!(await this.#sendOne(act))) return false;
      return true;
    }
    for (let from = 0; from < acts.length; from += TOGETHER) {
      if (!(await this.#sendMany(acts.slice(from, from + TOGETHER), sendTogether))) return false;
    }
    return true;
  }

  async #sendMany(acts: readonly QueuedAct[], sendTogether: NonNullable<ActQueueOptions["sendTogether"]>): Promise<boolean> {
    const taken: QueuedAct[] = [];
    for (const act of acts) {
      const now = await this.#take(act);
      if (now !== null) taken.push(now);
    }
    if (taken.length === 0) return true;
    let outcomes: readonly ActOutcome[];
    try {
      outcomes = await sendTogether(taken);
    } catch (error) {
      const reason = this.#options.refusal(error);
      for (const { id } of taken) await this.#settle(id, reason === null ? { state: "waiting" } : { state: "refused", reason });
      if (reason === null) this.#pause(this.#options.waitMs?.(error) ?? null);
      return reason !== null;
    }
    for (const [place, act] of taken.entries()) {
      const outcome = outcomes[place] ?? { state: "waiting" };
      await this.#settle(act.id, outcome);
      if (outcome.state === "done") this.#options.onSent?.(act);
    }
    const isOver = outcomes.length === taken.length && outcomes.every(({ state }) => state !== "waiting");
    if (!isOver) this.#pause(null);
    return isOver;
  }

  async #settle(id: string, outcome: ActOutcome): Promise<void> {
    await this.#change(id, (now) => (outcome.state === "done" ? null : { ...now, ...outcome, state: outcome.state }));
  }

  /** True when the next one may be sent. */
  async #sendOne({ id, kind }: QueuedAct): Promise<boolean> {
    const act = await this.#take({ id, kind });
    if (act === null) return true;
    try {
      await this.#options.rules[kind]?.send?.(act.input as never, act.id);
    } catch (error) {
      const reason = this.#options.refusal(error);
      await this.#change(id, (now) => (reason === null ? { ...now, state: "waiting" } : { ...now, state: "refused", reason }));
      if (reason === null) this.#pause(this.#options.waitMs?.(error) ?? null);
      return reason !== null;
    }
    await this.#change(id, () => null);
    this.#options.onSent?.(act);
    return true;
  }

  /** The act as it is sent now; null when it is not to be sent. */
  async #take({ id, kind }: Pick<QueuedAct, "id" | "kind">): Promise<QueuedAct | null> {
    const isKnown = this.#options.rules[kind] !== undefined;
    // Looked at anew, and taken in one go: since the list was read it may have been taken back, or its person may have left.
    const act = await this.#change(id, (now) => {
      if (!isOpen(now) || now.person !== this.#options.person()) return now;
      return { ...now, state: isKnown && !this.#isLate(now) ? "sending" : "expired" };
    });
    return act?.state === "sending" && act.person === this.#options.person() ? act : null;
  }

  /** Past its time; also by a clock that was set back since, as phones do when they find a network. */
  #isLate({ madeAt, expiresAt }: QueuedAct): boolean {
    return Math.abs(this.#now() - madeAt) >= expiresAt - madeAt;
  }

  #pause(waitMs: number | null): void {
    this.#isPaused = waitMs !== null;
    this.#later(Math.min(waitMs ?? RETRY_MS, LONGEST_PAUSE_MS));
  }

  #later(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isPaused = false;
      void this.send();
    }, waitMs);
  }

  async #change(id: string, change: (act: QueuedAct) => QueuedAct | null): Promise<QueuedAct | null> {
    const act = await this.#options.drawer.changeAct(id, change);
    this.#show(id, act);
    return act;
  }

  #show(id: string, act: QueuedAct | null): void {
    this.#set([...this.#acts.filter((other) => other.id !== id), ...(act === null ? [] : [act])]);
    this.#tellOthers();
  }

  /** Where nothing can be read, what is known stays. */
  async #read(): Promise<void> {
    this.#set(await this.#options.drawer.acts().catch(() => this.#acts));
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

function isOpen({ state }: QueuedAct): boolean {
  return state === "waiting" || state === "sending";
}

function oneTabAtATime(work: () => Promise<void>): Promise<void> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  return locks === undefined ? work() : locks.request("livefloor-acts", work);
}
