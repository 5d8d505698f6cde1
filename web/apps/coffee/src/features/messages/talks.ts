import { body, done } from "@livefloor/api";
import type { ConversationLine, ConversationPage, TextMessage } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";

import { useFrames, useUser } from "../../model/hooks.ts";
import { usePages, type Pages } from "../../model/loaded.tsx";
import { api } from "../../model/services.ts";

const TOLD = ["sms_received", "sms_sent", "sms_status", "conversation_updated"];
const RETRY_MS = 5_000;
const AGAIN_MS = 60_000;

export interface TalkFilter {
  readonly words: string;
  readonly human: boolean;
}

/** Ask for the conversations anew whenever something was written or changed hands. */
export function useTalksLive(): void {
  const queries = useQueryClient();
  useFrames(TOLD, () => void queries.invalidateQueries({ queryKey: ["talks"] }));
}

/** The conversations that are read, or not, newest first. */
export function useTalks(unread: boolean, { words, human }: TalkFilter): Pages<ConversationLine> {
  return usePages(["talks", "list", unread, words, human], (cursor) =>
    body(
      api.http.GET("/api/messages/conversations", {
        params: { query: { unread, ...(words === "" ? {} : { q: words }), ...(human ? { state: "human" as const } : {}), ...(cursor === null ? {} : { cursor }) } },
      }),
    ),
  );
}

/** How many conversations wait to be read. */
export function useUnreadTalks(): number {
  const person = useUser()?.id;
  return (
    useQuery({
      queryKey: ["talks", "unread", person],
      enabled: person !== undefined,
      queryFn: async () => (await body(api.http.GET("/api/messages/conversations", { params: { query: { unread: true, limit: 1 } } }))).total,
      refetchOnMount: "always",
      refetchInterval: AGAIN_MS,
    }).data ?? 0
  );
}

/** One conversation with its texts, newest first, page by page. */
export function useTalk(id: string) {
  return useInfiniteQuery({
    queryKey: ["talks", "one", id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }): Promise<ConversationPage> =>
      body(api.http.GET("/api/messages/conversations/{conversation_id}", { params: { path: { conversation_id: id }, query: pageParam === null ? {} : { cursor: pageParam } } })),
    getNextPageParam: (last) => last.next_cursor,
    refetchOnMount: "always",
    refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
  });
}

const at = (id: string) => ({ params: { path: { conversation_id: id } } });

export function takeOver(id: string, key: string): Promise<unknown> {
  return body(api.http.POST("/api/messages/conversations/{conversation_id}/take-over", { ...at(id), ...keyed(key) }));
}

export function release(id: string, key: string): Promise<unknown> {
  return body(api.http.POST("/api/messages/conversations/{conversation_id}/release", { ...at(id), ...keyed(key) }));
}

export function readTalk(id: string): Promise<void> {
  return done(api.http.POST("/api/messages/conversations/{conversation_id}/read", at(id)));
}

export interface Answer {
  readonly id: string;
  readonly text: string;
}

export function reply({ id, text }: Answer, key: string): Promise<unknown> {
  return body(api.http.POST("/api/messages/conversations/{conversation_id}/messages", { ...at(id), body: { body: text, client_id: key }, ...keyed(key) }));
}

export function retry(message: TextMessage, key: string): Promise<unknown> {
  return body(api.http.POST("/api/messages/{message_id}/retry", { params: { path: { message_id: message.id } }, ...keyed(key) }));
}
