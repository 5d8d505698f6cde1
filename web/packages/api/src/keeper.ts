export interface Tokens {
  readonly access_token: string;
  /** Missing where the server keeps it in a cookie that no page can read. */
  readonly refresh_token?: string;
}

/** Keeps what one signed-in person needs between visits; all tabs of a browser share it. */
export interface Keeper<Session extends Tokens> {
  readonly read: () => Session | null;
  readonly write: (session: Session) => void;
  readonly drop: () => void;
  /** Call back when the session changes, in this tab or another one. */
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * A keeper over `localStorage`. The session itself lives on the server: this is only the key to it. `tokenName` is where the
 * bare access token is written as well, for scripts beside the pages that look for it there.
 */
export function storageKeeper<Session extends Tokens>(name: string, storage: Storage = localStorage, tokenName?: string): Keeper<Session> {
  const listeners = new Set<() => void>();
  let text = storage.getItem(name);
  let session = parse(text) as Session | null;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const refresh = (): void => {
    const latest = storage.getItem(name);
    if (latest === text) return;
    text = latest;
    session = parse(latest) as Session | null;
    tell();
  };
  if (typeof addEventListener === "function") {
    addEventListener("storage", (event) => {
      if (event.key === name || event.key === null) refresh();
    });
  }

  return {
    read() {
      return session;
    },
    write(next) {
      storage.setItem(name, JSON.stringify(next));
      if (tokenName !== undefined) storage.setItem(tokenName, next.access_token);
      refresh();
    },
    drop() {
      storage.removeItem(name);
      if (tokenName !== undefined) storage.removeItem(tokenName);
      refresh();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function parse(text: string | null): Tokens | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<Tokens> | null;
    return typeof value?.access_token === "string" ? (value as Tokens) : null;
  } catch {
    return null;
  }
}
