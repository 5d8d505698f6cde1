/** What a refusal carries beyond its code: `ends_at`, `hold_expires_at`, `attempts_left`, … */
export type ProblemDetails = Readonly<Record<string, unknown>>;

/** The name in what a refusal says of somebody: `"Bea Holm"`, or `{"id": …, "name": "Bea Holm"}`. */
export function nameIn(by: unknown): string | undefined {
  return typeof by === "string" ? by : (by as { readonly name?: string } | null | undefined)?.name;
}

/** A refusal or a failure of a call, with a sentence for the person. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: ProblemDetails;
  /** Seconds to wait, from `Retry-After`. */
  readonly retryAfter: number | null;

  constructor(status: number, code: string, detail: string, details: ProblemDetails = {}, retryAfter: number | null = null) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.details = details;
    this.retryAfter = retryAfter;
  }

  /** What is wrong with single fields, by their name. */
  get fields(): Readonly<Record<string, string>> {
    const errors = Array.isArray(this.details.errors) ? (this.details.errors as { field?: unknown; message?: unknown }[]) : [];
    return Object.fromEntries(errors.flatMap(({ field, message }) => (typeof field === "string" && typeof message === "string" ? [[field, message]] : [])));
  }

  /** True when somebody else changed the record meanwhile. */
  get isStale(): boolean {
    return this.status === 412;
  }

  /** True when the call never got an answer, so that it may be tried again as it stands. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

type Explain = (code: string, details: ProblemDetails) => string | undefined;

let explain: Explain = () => undefined;

/** Give sentences in the person's language; where there is none the server's own is shown. */
export function setExplanations(next: Explain): void {
  explain = next;
}

const OFFLINE = "The server cannot be reached. Check your connection.";
const UNREADABLE = "The server gave an answer that cannot be read. Try again in a moment.";

export function offlineProblem(): Problem {
  return new Problem(0, "offline", explain("offline", {}) ?? OFFLINE);
}

/** Build a Problem from the parsed body of a refusal. */
export function problemFrom(response: Response, body: unknown): Problem {
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const wait = Number.isFinite(retryAfter) ? retryAfter : null;
  if (typeof body !== "object" || body === null) return new Problem(response.status, "unavailable", explain("unavailable", {}) ?? UNREADABLE, {}, wait);
  const details: ProblemDetails = { ...body };
  const text = (name: string): string | null => {
    const value = details[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const code = text("code") ?? "unavailable";
  return new Problem(response.status, code, explain(code, details) ?? text("detail") ?? text("title") ?? UNREADABLE, details, wait);
}
