import createFetchClient, { type Client } from "openapi-fetch";

import type { Tokens } from "./keeper.ts";
import { problemFrom } from "./problem.ts";
import { createSender, type Sender, type SendOptions } from "./send.ts";

export interface Api<Paths extends object> extends Sender {
  readonly http: Client<Paths>;
}

/** A typed client of one system's OpenAPI document. */
export function createApi<Paths extends object, Session extends Tokens>(options: SendOptions<Session>): Api<Paths> {
  const sender = createSender(options);
  const http = createFetchClient<Paths>({ baseUrl: options.base.replace(/\/$/, ""), fetch: sender.send });
  return { http, ...sender };
}

interface Outcome<Data> {
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of a call; a refusal is thrown as a Problem. */
export async function body<Data>(call: Promise<Outcome<Data>>): Promise<NonNullable<Data>> {
  return (await answer(call)).data;
}

/** The body of a call with the `seq` of the log that it is true for (0 where the server does not say). */
export async function answer<Data>(call: Promise<Outcome<Data>>): Promise<{ data: NonNullable<Data>; seq: number }> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response, error);
  const seq = Number(response.headers.get("Event-Seq") ?? response.headers.get("X-Event-Seq") ?? 0);
  return { data: data as NonNullable<Data>, seq: Number.isFinite(seq) ? seq : 0 };
}

/** Wait for a call whose answer has no body. */
export async function done(call: Promise<Outcome<unknown>>): Promise<void> {
  await answer(call);
}
