import { body, Problem } from "@livefloor/api";
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { useFrames } from "./hooks.ts";
import { api, queries } from "./services.ts";

interface Hours {
  readonly start: string;
  readonly end: string;
}

/** All settings of an event, as the server gives them to organisers (section 5.5). */
export interface EventSettings {
  readonly sms_ordering: boolean;
  readonly web_ordering: boolean;
  readonly group_ordering: boolean;
  readonly default_country: string;
  readonly vip_word: string | null;
  readonly vip_word_max_uses: number;
  readonly vip_by_barista: boolean;
  readonly starvation_minutes: number;
  readonly late_minutes: number;
  readonly quote_buffer_pct: number;
  readonly min_quote_minutes: number;
  readonly auto_assign: boolean;
  readonly auto_failover: boolean;
  readonly offline_grace_seconds: number;
  readonly failover_after_seconds: number;
  readonly failover_keep: number;
  readonly ready_sms: boolean;
  readonly ready_sms_delay_seconds: number;
  readonly reminder_minutes: number;
  readonly uncollected_minutes: number;
  readonly board_clear_minutes: number;
  readonly max_open_tickets_per_phone: number;
  readonly max_cups_per_ticket: number;
  readonly max_cups_per_phone_per_day: number;
  readonly cup_cap: number | null;
  readonly service_windows: readonly Hours[];
  readonly last_orders_minutes: number;
  /** A phrase, and the code of what it stands for. */
  readonly sms_words: Readonly<Record<string, string>>;
  readonly sms_wordings: Readonly<Record<string, string>>;
  readonly substitute_wait_seconds: number;
  readonly name_filter: boolean;
  readonly quiet_sms_hours: Hours | null;
  readonly retention_days: number;
  readonly currency: string;
}

export interface Versioned {
  readonly settings: EventSettings;
  readonly version: number;
  readonly vip_word_uses: number | null;
}

const asked = async (call: Promise<{ settings: Record<string, unknown>; version: number; vip_word_uses?: number | null }>): Promise<Versioned> => {
  const { settings, version, vip_word_uses = null } = await call;
  return { settings: settings as unknown as EventSettings, version, vip_word_uses };
};

/** The settings of the active event; looked up anew on each visit. */
export const eventSettingsQuery = queryOptions({ queryKey: ["settings", "event"], queryFn: () => asked(body(api.http.GET("/api/settings/event"))), staleTime: 0 });

export async function changeEventSettings(settings: Partial<EventSettings>, version: number): Promise<Versioned> {
  const now = await asked(body(api.http.POST("/api/settings/event", { body: { settings, version } })));
  queries.setQueryData(eventSettingsQuery.queryKey, now);
  return now;
}

/** The settings of the event, live. */
export function useEventSettings(): UseQueryResult<Versioned> {
  useFrames(["settings_updated"], () => void queries.invalidateQueries({ queryKey: ["settings"] }));
  return useQuery(eventSettingsQuery);
}

/** Who changed something last, as the log has it; null where it does not tell. */
export async function lastAuthor(subject: string): Promise<string | null> {
  try {
    const found = await body(api.http.GET("/api/audit/", { params: { query: { subject, limit: 1 } } }));
    // The other form of the answer is a file.
    if (typeof found === "string") return null;
    const { actor } = (found.items[0]?.data ?? {}) as { actor?: { name?: string } | null };
    return actor?.name ?? null;
  } catch {
    return null;
  }
}

export const isStale = (error: unknown): boolean => error instanceof Problem && error.isStale;

/** What the server said of single fields, by the name of the field without what stands around it. */
export function fieldsOf(error: unknown, prefix = ""): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(Object.entries(error.fields).map(([field, said]) => [field.startsWith(prefix) ? field.slice(prefix.length) : field, said]));
}
