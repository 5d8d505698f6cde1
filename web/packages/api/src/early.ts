/** An answer that was asked for before the pages' own scripts were there. */
interface Early {
  readonly token: string | undefined;
  readonly askedAt: number;
  readonly answer: Promise<Response>;
}

declare global {
  /** By whole address. A global, because who asks and who takes are scripts that share no file: each would wait for it. */
  var livefloorEarly: Map<string, Early> | undefined;
}

/**
 * Ask for what every page needs, while the big scripts still load. Each answer is taken once, by the first call for the
 * same address with the same token. Takes where the server is mounted, the name of the session in the storage, the paths
 * for everybody, and those for whoever is signed in.
 */
export function askEarly(base: string, name: string, all: readonly string[], signedIn: readonly string[]): void {
  const token = tokenOf(localStorage.getItem(name));
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const asked = (globalThis.livefloorEarly ??= new Map<string, Early>());
  for (const path of token === undefined ? all : [...all, ...signedIn]) {
    const url = new URL(path, base).href;
    const answer = fetch(url, { headers });
    answer.catch(() => undefined); // whoever takes it is told
    asked.set(url, { token, askedAt: Date.now(), answer });
  }
}

function tokenOf(text: string | null): string | undefined {
  try {
    const { access_token } = JSON.parse(text ?? "{}") as { access_token?: unknown };
    return typeof access_token === "string" ? access_token : undefined;
  } catch {
    return undefined;
  }
}
