import { openDB, type DBSchema } from "idb";

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
  readonly screen: (person: string) => Promise<unknown>;
  readonly putScreen: (person: string, screen: unknown) => Promise<void>;
  readonly dropScreen: (person: string) => Promise<void>;
}

export function openDrawer(name: string): Drawer {
  const opened = openDB<Shelves>(name, 1, {
    upgrade(db) {
      db.createObjectStore("acts", { keyPath: "id" });
      db.createObjectStore("screens");
    },
  });
  return {
    acts: async () => (await opened).getAll("acts"),
    putAct: async (act) => {
      await (await opened).put("acts", act);
    },
    dropAct: async (id) => (await opened).delete("acts", id),
    screen: async (person) => (await opened).get("screens", person),
    putScreen: async (person, screen) => {
      await (await opened).put("screens", screen, person);
    },
    dropScreen: async (person) => (await opened).delete("screens", person),
  };
}
