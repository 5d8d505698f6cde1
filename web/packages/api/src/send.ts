import type {} from "./early.ts";
import type { Keeper, Tokens } from "./keeper.ts";
import { offlineProblem } from "./problem.ts";

const PATIENCE_MS = 20_000;
const EARLY_IS_FRESH_MS = 10_000;

/** A session says whose it is, where the system knows people. */
type Owned = Tokens & { readonly user?: { readonly id: string } };

export interface SendOptions<Session extends Tokens> {
  /** Where the server is mounted, ending in a slash: `https://wash.example/` or `…/laundry/`. */
  readonly base: string;
  readonly keeper: Keeper<Session>;
  /** Where the routes of signing in are, below the mount; `api/v1/auth/` where it is not said. */
  readonly authPath?: string;
  /** The server answered: a sign of life that cuts a waiting reconnect short. */
  readonly onAnswer?: () => void;
  /** The session is over on the server; the tokens are already dropped. */
  readonly onSessionOver?: (code: string) => void;
}

export interface Sender {
  readonly send: (request: Request) => Promise<Response>;
  /** Exchange the refresh token. False when the session is over. `stale` is the access token that failed. */
  readonly refresh: (stale: string) => Promise<boolean>;
}

const OVER = new Set(["session_revoked", "not_authenticated", "not_signed_in"]);

/** Sends requests with the access token; on `token_expired` refreshes once and repeats the request. */
export function createSender<Session extends Tokens>({ base, keeper, authPath = "api/v1/auth/", onAnswer, onSessionOver }: SendOptions<Session>): Sender {
  const authRoot = new URL(authPath, base).href;
  let refreshing: Promise<boolean> | null = null;

  async function attempt(request: Request, token: string | undefined): Promise<Response> {
    if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      const response = await (takeEarly(request, token) ?? fetch(request, { signal: AbortSignal.any([request.signal, patience]) }));
      // The API has no pages: this one is of a network that wants a sign-in, or of a proxy that found nobody.
      if (response.headers.get("Content-Type")?.startsWith("text/html") === true) throw offlineProblem();
      onAnswer?.();
      return response;
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw offlineProblem();
    }
  }

  function owner(): string | undefined {
    return (keeper.read() as Owned | null)?.user?.id;
  }

  async function exchange(stale: string): Promise<boolean> {
    const session = keeper.read();
    if (session === null) return false;
    if (session.access_token !== stale) return true; // another tab was faster
    const { refresh_token } = session;
    const said = refresh_token === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify({ refresh_token }) };
    const response = await attempt(new Request(new URL("refresh", authRoot), { method: "POST", ...said }), undefined);
    if (response.ok) {
      const fresh = (await response.json()) as Tokens;
      // Signed out meanwhile, perhaps in another tab: that stands.
      if (keeper.read()?.access_token !== stale) return false;
      const kept = refresh_token === undefined || fresh.refresh_token === undefined ? {} : { refresh_token: fresh.refresh_token };
      keeper.write({ ...session, access_token: fresh.access_token, ...kept });
      return true;
    }
    if (response.status !== 401) throw offlineProblem();
    over(session.access_token, await codeOf(response));
    return false;
  }

  function over(token: string, code: string): void {
    // A late answer to an old token must not end a session that has begun since.
    if (keeper.read()?.access_token !== token) return;
    keeper.drop();
    onSessionOver?.(code);
  }

  function refresh(stale: string): Promise<boolean> {
    refreshing ??= oneTabAtATime(base, () => exchange(stale)).finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function send(request: Request): Promise<Response> {
    const isAuth = request.url.startsWith(authRoot);
    if (request.method !== "GET") {
      const key = request.headers.get("Idempotency-Key") ?? newKey();
      if (request.method === "POST" && !isAuth) request.headers.set("Idempotency-Key", key);
      request.headers.set("traceparent", traceOf(key));
    }
    const again = request.clone();
    const token = keeper.read()?.access_token;
    const sender = owner();
    const isOurs = (): boolean => keeper.read() === null || owner() === sender;
    const response = await attempt(request, token);
    if (token === undefined) return response;
    // In another tab somebody else has signed in: what was asked for is not theirs to see.
    if (response.ok) return isOurs() ? response : notTheirs();
    if (response.status !== 401) return response;
    const code = await codeOf(response);
    if (code === "token_expired" && (await refresh(token)) && isOurs()) {
      const second = await attempt(again, keeper.read()?.access_token);
      return isOurs() ? second : notTheirs();
    }
    if (OVER.has(code)) over(token, code);
    return response;
  }

  return { send, refresh };
}

/** A fresh Idempotency-Key. `crypto.randomUUID` is missing on plain http outside localhost. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The trace of an act, as W3C Trace Context writes it, by the key that the act was given at the tap. So what waited without
 * a network, or was sent again, is one trace from the tap, whatever happened to the page meanwhile.
 */
export function traceOf(key: string): string {
  return `00-${key}-${key.slice(16)}-01`;
}

/** The answer in place of one that was meant for the person before. */
function notTheirs(): Response {
  return Response.json({ code: "session_revoked", detail: "This session is over. Sign in again." }, { status: 401 });
}

async function codeOf(response: Response): Promise<string> {
  try {
    const body = (await response.clone().json()) as { code?: unknown };
    return typeof body.code === "string" ? body.code : "";
  } catch {
    return "";
  }
}

/** Tabs share one refresh token, so only one of them may exchange it at a time. */
function oneTabAtATime<T>(base: string, work: () => Promise<T>): Promise<T> {
  // Missing on plain http outside localhost, where the 30 s grace of a replaced token has to do.
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  return locks === undefined ? work() : locks.request(`livefloor-refresh ${base}`, work);
}

/** The answer to this request that was asked for before these scripts were there (`askEarly`), if it is fresh. */
function takeEarly({ method, url }: Request, token: string | undefined): Promise<Response> | undefined {
  const found = globalThis.livefloorEarly?.get(url);
  if (found === undefined || method !== "GET") return undefined;
  globalThis.livefloorEarly?.delete(url);
  return found.token === token && Date.now() - found.askedAt < EARLY_IS_FRESH_MS ? found.answer : undefined;
}
