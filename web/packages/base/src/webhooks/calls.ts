import { Problem } from "@livefloor/api";

import type { Page } from "../loaded.tsx";
import { webhookTexts as texts } from "./texts.ts";

/** One try to deliver one event; a test is of event 0. */
export interface Delivery {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly attempt: number;
  readonly status: number | null;
  readonly answer: string | null;
  readonly error: string | null;
  readonly ms: number;
  readonly at: string;
}

/** A receiver and how it gets on, as `parts/webhooks.py` tells it. */
export interface Webhook {
  readonly id: string;
  readonly version: number;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly reason: string | null;
  readonly position: number;
  readonly behind: number;
  readonly tries: number;
  readonly next_try_at: string | null;
  readonly error: string | null;
  readonly last: Delivery | null;
  readonly previous_until: string | null;
}

export interface NewWebhook {
  url: string;
  events: string[];
  description: string;
}

export type WebhookChange = Partial<NewWebhook> & { enabled?: boolean; version: number };
type WithSecret = Webhook & { readonly secret: string };

/** The routes of the system that shows the page. */
export interface WebhookCalls {
  readonly list: () => Promise<readonly Webhook[]>;
  readonly events: () => Promise<readonly string[]>;
  readonly get: (id: string) => Promise<Webhook>;
  readonly create: (webhook: NewWebhook, key: string) => Promise<WithSecret>;
  readonly change: (id: string, change: WebhookChange) => Promise<Webhook>;
  readonly remove: (id: string) => Promise<void>;
  readonly rotate: (id: string, hours: number, key: string) => Promise<WithSecret>;
  readonly replay: (id: string, after: number, key: string) => Promise<Webhook>;
  readonly test: (id: string, key: string) => Promise<Delivery>;
  readonly deliveries: (id: string, cursor: string | null) => Promise<Page<Delivery>>;
  readonly delivery: (id: string, delivery: string) => Promise<Delivery & { readonly body: string | null }>;
  readonly again: (id: string, delivery: string, key: string) => Promise<Delivery>;
}

export const ALL = "*";
export const KEY = ["webhooks"] as const;

export const isTaken = ({ status }: Delivery): boolean => status !== null && status >= 200 && status < 300;

/** The server that a webhook leads to, as it is called for short. */
export function hostOf({ url }: Pick<Webhook, "url">): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** What the server refused, at the field that it is about. */
export function refusedFields(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) return {};
  const { webhook_url_refused, unknown_event, after, overlap_hours } = texts.refused;
  if (error.code === "webhook_url_refused") return { url: webhook_url_refused };
  if (error.code === "unknown_event") return { events: unknown_event };
  const said: Readonly<Record<string, string>> = { url: texts.wrong.url, events: texts.wrong.events, after, overlap_hours };
  // "events.0" is about one of them.
  return Object.fromEntries(Object.entries(error.fields).map(([field, message]) => [field.split(".")[0] ?? field, said[field.split(".")[0] ?? field] ?? message]));
}

/** A refusal that is about no field, in the person's language. */
export function refusalOf(error: Error | null): Error | null {
  if (!(error instanceof Problem) || Object.keys(refusedFields(error)).length > 0) return error instanceof Problem ? null : error;
  const { too_many_webhooks, event_not_kept } = texts.refused;
  const said: Readonly<Record<string, string>> = { too_many_webhooks, event_not_kept };
  const sentence = said[error.code];
  return sentence === undefined ? error : new Error(sentence);
}
