import { body, done } from "@livefloor/api";
import type { ChatMessage, ChatReader } from "@livefloor/api/coffee";
import type { Frame } from "@livefloor/live";
import { useInfiniteQuery, type InfiniteData } from "@tanstack/react-query";

import { api, keeper, queries } from "./services.ts";

/** Rooms as the server names them: `all`, `organizers`, `station_1`. */
export type Room = string;

interface Stretch {
  /** Newest first. */
  readonly items: readonly ChatMessage[];
  readonly unread: number;
  readonly readers: readonly ChatReader[];
  readonly next_cursor: string | null;
}

const NOTHING: Stretch = { items: [], unread: 0, readers: [], next_cursor: null };
const RETRY_MS = 5_000;

export const stationRoom = (station: number): Room => `station_${station}`;
const keyOf = (room: Room | null) => ["chat", room];

/** What is said among the organizers only they read; the others see what they wrote there themselves. */
export function mayRead(room: Room): boolean {
  const role = keeper.read()?.user.role;
  return room !== "organizers" || role === "admin" || role === "organizer";
}

async function load(room: Room | null, before: string | null): Promise<Stretch> {
  if (room === null || !mayRead(room)) return NOTHING;
  return body(api.http.GET("/api/chat/messages", { params: { query: { room, ...(before === null ? {} : { before }) } } }));
}

/** A room with its newest messages; older ones page by page. */
export function useRoom(room: Room | null) {
  return useInfiniteQuery({
    queryKey: keyOf(room),
    enabled: room !== null,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => load(room, pageParam),
    getNextPageParam: (last) => last.next_cursor,
    // Rooms of stations that are not followed are not heard meanwhile.
    refetchOnMount: "always",
    refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
  });
}

type Known = InfiniteData<Stretch, string | null>;

function change(room: Room, how: (newest: Stretch) => Stretch): void {
  queries.setQueryData<Known>(keyOf(room), (known) => {
    const [newest, ...older] = known?.pages ?? [];
    return known === undefined || newest === undefined ? known : { ...known, pages: [how(newest), ...older] };
  });
  // An answer that is under way may not know it.
  if (queries.isFetching({ queryKey: keyOf(room) }) > 0) void queries.invalidateQueries({ queryKey: keyOf(room) });
}

/** Show a message that was said or sent; the answer and the event of the same one bring it once. */
export function addMessage(message: ChatMessage): void {
  change(message.room, (newest) => {
    if (newest.items.some(({ id }) => id === message.id)) return newest;
    const items = [message, ...newest.items].sort((one, other) => other.id.localeCompare(one.id));
    return { ...newest, items, unread: newest.unread + (message.sender.id === keeper.read()?.user.id ? 0 : 1) };
  });
}

function addReader(room: Room, reader: ChatReader): void {
  const isMe = reader.id === keeper.read()?.user.id;
  change(room, (newest) => ({ ...newest, unread: isMe ? unreadAfter(newest, reader.last_read_id) : newest.unread, readers: [...newest.readers.filter(({ id }) => id !== reader.id), reader] }));
}

function unreadAfter({ items }: Stretch, lastRead: string): number {
  return items.filter(({ id, sender }) => id > lastRead && sender.id !== keeper.read()?.user.id).length;
}

/** What an event of the wire changes in the rooms. */
export function hearChat({ event, at, data }: Frame): void {
  if (event === "chat_message") addMessage({ ...(data as Omit<ChatMessage, "at">), at });
  if (event === "chat_read") {
    const { room, reader } = data as { room: Room; reader: ChatReader };
    addReader(room, reader);
  }
}

/** Say that the newest message of a room was seen. */
export async function markRead(room: Room, newest: ChatMessage): Promise<void> {
  const me = keeper.read()?.user;
  if (me === undefined || !mayRead(room)) return;
  await done(api.http.POST("/api/chat/read", { body: { room, last_read_id: newest.id } }));
  addReader(room, { id: me.id, name: me.display_name, last_read_id: newest.id });
}
