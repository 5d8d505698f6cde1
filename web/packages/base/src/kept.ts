import type { Keeper, Tokens } from "@livefloor/api";
import { seqOf, type Collections, type LiveLine, type LiveStore, type Row, type ServerClock } from "@livefloor/live";
import type { Drawer } from "@livefloor/offline";

const SETTLE_MS = 300;

/** The last screen of a person: shown at once at the next visit, also without a network. */
interface Screen<Views, Beside> {
  /** The pages that kept it: others may write views in another way. */
  readonly pages: string;
  readonly lastId: string;
  /** Server time at which it was last known to be true. */
  readonly asOf: number;
  /** How far the server's clock was ahead of the device's: countdowns go on by it before the server answers. */
  readonly aheadMs: number;
  readonly beside: Beside;
  readonly rows: Readonly<Record<keyof Views, readonly Row[]>>;
}

type Name<Views> = Extract<keyof Views, string>;

export interface KeptScreenOptions<Views extends Collections<Views>, Beside> {
  /** The name of the built file, which has the hash of all that belongs to it. */
  readonly pages: string;
  readonly keeper: Pick<Keeper<Tokens & { readonly user: { readonly id: string } }>, "read" | "subscribe">;
  readonly drawer: Drawer;
  readonly live: LiveLine;
  readonly clock: ServerClock;
  readonly store: LiveStore<Views>;
  readonly collections: readonly Name<Views>[];
  /** The collection without which there is no screen yet. */
  readonly needs: Name<Views>;
  /** What is kept beside the store. */
  beside(): Beside;
  showBeside(beside: Beside): void;
}

export interface KeptScreen {
  /** Show what the last visit kept, and go on from its position. */
  restore(): Promise<void>;
  /** Keep the screen whenever it has changed, and when the page goes away. */
  keep(): void;
}

export function keptScreen<Views extends Collections<Views>, Beside>(options: KeptScreenOptions<Views, Beside>): KeptScreen {
  const { pages, keeper, drawer, live, clock, store, collections, needs } = options;

  async function put(): Promise<void> {
    const person = keeper.read()?.user.id;
    const lastId = live.lastId;
    const { line, asOf, isKept } = live.status();
    if (person === undefined || lastId === null || isKept || store.all(needs) === undefined) return;
    const rows = Object.fromEntries(collections.map((name) => [name, store.rows(name)])) as unknown as Screen<Views, Beside>["rows"];
    const known = line === "live" ? clock.now() : (asOf ?? clock.now());
    const screen: Screen<Views, Beside> = { pages, lastId, asOf: known, aheadMs: clock.now() - Date.now(), beside: options.beside(), rows };
    // Where the browser keeps nothing, the next visit starts empty.
    await drawer.putScreen(person, screen).catch(() => undefined);
  }

  /** Whoever leaves takes the screen along: the device may be shared. */
  function forgetOthers(): void {
    let person = keeper.read()?.user.id;
    keeper.subscribe(() => {
      const next = keeper.read()?.user.id;
      if (person !== undefined && next !== person) void drawer.dropScreen(person).catch(() => undefined);
      person = next;
    });
  }

  return {
    async restore() {
      const person = keeper.read()?.user.id;
      if (person === undefined) return;
      const kept = (await drawer.screen(person)) as Screen<Views, Beside> | undefined;
      // Meanwhile somebody else may have signed in, in another tab.
      if (kept?.pages !== pages || keeper.read()?.user.id !== person) return;
      // What the server has said meanwhile is newer.
      if (live.lastId !== null) return;
      clock.observe(new Date(Date.now() + kept.aheadMs).toISOString());
      options.showBeside(kept.beside);
      for (const name of collections) store.snapshot(name, seqOf(kept.lastId), kept.rows[name] as never);
      live.resume(kept.lastId, kept.asOf);
    },
    keep() {
      forgetOthers();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const soon = (): void => {
        timer ??= setTimeout(() => {
          timer = undefined;
          void put();
        }, SETTLE_MS);
      };
      store.subscribe(soon);
      live.subscribe(soon);
      document.addEventListener("visibilitychange", () => void put());
      addEventListener("pagehide", () => void put());
    },
  };
}
