import type { Meta } from "@livefloor/api/laundry";
import { seqOf, type Row } from "@livefloor/live";

import { live } from "./live.ts";
import { drawer } from "./queue.ts";
import { clock, keeper, queries, store, type Views } from "./services.ts";
import { setTimeZone } from "./times.ts";

const COLLECTIONS = ["machines", "waitlists", "notifications", "counters"] as const satisfies readonly (keyof Views)[];
const SETTLE_MS = 300;

/** The last screen of a person: shown at once at the next visit, also without a network. */
interface Screen {
  /** The pages that kept it: others may write views in another way. */
  readonly pages: string;
  readonly lastId: string;
  /** Server time at which it was last known to be true. */
  readonly asOf: number;
  /** How far the server's clock was ahead of the device's: countdowns go on by it before the server answers. */
  readonly aheadMs: number;
  readonly meta: Meta | undefined;
  readonly rows: Readonly<Record<(typeof COLLECTIONS)[number], readonly Row[]>>;
}

// The name of the built file, which has the hash of all that belongs to it.
const pages = import.meta.url;

async function keep(): Promise<void> {
  const person = keeper.read()?.user.id;
  const lastId = live.lastId;
  const { line, asOf, isKept } = live.status();
  if (person === undefined || lastId === null || isKept || store.all("machines") === undefined) return;
  const rows = Object.fromEntries(COLLECTIONS.map((name) => [name, store.rows(name)])) as unknown as Screen["rows"];
  const known = line === "live" ? clock.now() : (asOf ?? clock.now());
  const screen: Screen = { pages, lastId, asOf: known, aheadMs: clock.now() - Date.now(), meta: queries.getQueryData<Meta>(["meta"]), rows };
  // Where the browser keeps nothing, the next visit starts empty.
  await drawer.putScreen(person, screen).catch(() => undefined);
}

/** Show what the last visit kept, and go on from its position. */
export async function restoreScreen(): Promise<void> {
  const person = keeper.read()?.user.id;
  if (person === undefined) return;
  const kept = (await drawer.screen(person)) as Screen | undefined;
  // Meanwhile somebody else may have signed in, in another tab.
  if (kept?.pages !== pages || keeper.read()?.user.id !== person) return;
  // What the server has said meanwhile is newer.
  if (live.lastId !== null) return;
  clock.observe(new Date(Date.now() + kept.aheadMs).toISOString());
  if (kept.meta !== undefined) {
    setTimeZone(kept.meta.timezone);
    // Old at once, so that it is asked for anew.
    queries.setQueryData(["meta"], kept.meta, { updatedAt: 0 });
  }
  for (const name of COLLECTIONS) store.snapshot(name, seqOf(kept.lastId), kept.rows[name] as never);
  live.resume(kept.lastId, kept.asOf);
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

/** Keep the screen whenever it has changed, and when the page goes away. */
export function keepScreen(): void {
  forgetOthers();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void keep();
    }, SETTLE_MS);
  };
  store.subscribe(soon);
  live.subscribe(soon);
  document.addEventListener("visibilitychange", () => void keep());
  addEventListener("pagehide", () => void keep());
}
