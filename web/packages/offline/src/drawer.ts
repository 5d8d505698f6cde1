import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { QueuedAct } from "./queue.ts";

interface Shelves extends DBSchema {
  /** Acts of people that the server has not answered yet. */
  acts: { key: string; value: QueuedAct };
  /** The last screen of each person, by their id. */
  screens: { key: string; value: unknown };
}

/** What a browser keeps of one system over restarts, in IndexedDB. */
export interface Drawer {
  readonly acts: () => Promise<QueuedAct[]>;
  readonly putAct: (act: QueuedAct) => Promise<void>;
  readonly dropAct: (id: string) => Promise<void>;
  /** Change an act that is still there, or take it out (null), in one go over all tabs. Gives what is there after. */
  readonly changeAct: (id: string, change: (act: QueuedAct) => QueuedAct | null) => Promise<QueuedAct | null>;
  readonly screen: (person: string) => Promise<unknown>;
  readonly putScreen: (person: string, screen: unknown) => Promise<void>;
  readonly dropScreen: (person: string) => Promise<void>;
}

const PATIENCE_MS = 2_000;

/**
 * A drawer that is opened when it is first needed. Each call fails where the browser refuses to keep anything, as some
 * do in private windows: whoever calls has to go on without it.
 */
export function openDrawer(name: string): Drawer {
  let opening: Promise<IDBPDatabase<Shelves>> | null = null;
  const forget = (): void => {
    opening = null;
  };
  // Async, because the mere name `indexedDB` throws where storage is blocked.
  const open = async (): Promise<IDBPDatabase<Shelves>> => {
    try {
      return await openDB<Shelves>(name, 1, {
        upgrade(db) {
          db.createObjectStore("acts", { keyPath: "id" });
          db.createObjectStore("screens");
        },
        // The browser closed it, for want of space or because the person cleared the data.
        terminated: forget,
      });
    } catch (error) {
      forget();
      throw error;
    }
  };
  // Safari has opened databases that never answer; the pages must not wait for them.
  const opened = (): Promise<IDBPDatabase<Shelves>> => inTime((opening ??= open()));
  return {
    acts: async () => (await opened()).getAll("acts"),
    putAct: async (act) => {
      await (await opened()).put("acts", act);
    },
    dropAct: async (id) => (await opened()).delete("acts", id),
    changeAct: async (id, change) => {
      const turn = (await opened()).transaction("acts", "readwrite");
      const before = await turn.store.get(id);
      const after = before === undefined ? null : change(before);
      if (after !== null) await turn.store.put(after);
      else if (before !== undefined) await turn.store.delete(id);
      await turn.done;
      return after;
    },
    screen: async (person) => (await opened()).get("screens", person),
    putScreen: async (person, screen) => {
      await (await opened()).put("screens", screen, person);
    },
    dropScreen: async (person) => (await opened()).delete("screens", person),
  };
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The storage of this browser does not answer.")), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
