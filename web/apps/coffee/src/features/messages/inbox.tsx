import type { ConversationLine } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { Choices, cx, EmptyState, Field, useNow } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { useUser } from "../../model/hooks.ts";
import { Paged } from "../../model/loaded.tsx";
import { texts } from "../../texts/crew/index.ts";
import { TextStatus } from "./text-status.tsx";
import { useTalks } from "./talks.ts";

const { messages: words } = texts;
const MINUTE_MS = 60_000;

/** All conversations, those that nobody has read first. */
export function Inbox({ open, crew }: { readonly open: string | null; readonly crew: Readonly<Record<string, string>> }) {
  const [typed, setTyped] = useState("");
  const [filter, setFilter] = useState<"all" | "human">("all");
  const isBarista = useUser()?.role === "barista";
  const asked = { words: useDeferredValue(typed.trim()), human: filter === "human" };
  const unread = useTalks(true, asked);
  const read = useTalks(false, asked);
  const isFiltered = asked.words !== "" || asked.human;
  const nothing = isFiltered ? words.noneHere : isBarista ? words.noneOfYours : words.none;
  const hasUnread = unread.items !== undefined && unread.items.length > 0;
  return (
    <div className="flex flex-col gap-4">
      <Field label={words.search} type="search" autoComplete="off" maxLength={40} value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Choices
        legend={words.show}
        layout="bar"
        value={filter}
        onChange={setFilter}
        choices={[
          { value: "all", label: words.filters.all },
          { value: "human", label: words.filters.human },
        ]}
      />
      {hasUnread && (
        <section aria-label={words.unread}>
          <h2 className="mb-2 text-lg font-bold">{words.unread}</h2>
          <Paged pages={unread} empty="">
            {(items) => <Talks items={items} open={open} crew={crew} />}
          </Paged>
        </section>
      )}
      <section aria-label={words.others}>
        {hasUnread && <h2 className="mb-2 text-lg font-bold">{words.others}</h2>}
        {hasUnread && read.items?.length === 0 ? null : (
          <Paged pages={read} empty={nothing}>
            {(items) => <Talks items={items} open={open} crew={crew} />}
          </Paged>
        )}
        {hasUnread && read.items?.length === 0 && <EmptyState>–</EmptyState>}
      </section>
    </div>
  );
}

function Talks({ items, open, crew }: { readonly items: readonly ConversationLine[]; readonly open: string | null; readonly crew: Readonly<Record<string, string>> }) {
  return (
    <ul className="flex flex-col gap-2">
      {items.map((talk) => (
        <li key={talk.id}>
          <TalkLink talk={talk} isOpen={talk.id === open} crew={crew} />
        </li>
      ))}
    </ul>
  );
}

function TalkLink({ talk, isOpen, crew }: { readonly talk: ConversationLine; readonly isOpen: boolean; readonly crew: Readonly<Record<string, string>> }) {
  const now = useNow(MINUTE_MS);
  const me = useUser()?.id;
  const { guest, last_message: last, state, taken_by, unread, open_cups } = talk;
  const holder = taken_by === null ? null : taken_by === me ? words.takenByYou : words.takenBy(crew[taken_by] ?? "");
  return (
    <Link
      to="/messages/$id"
      params={{ id: talk.id }}
      aria-current={isOpen ? "true" : undefined}
      className={cx("block rounded-tile border-2 bg-card px-4 py-3 hover:border-edge", isOpen ? "border-brand bg-brand-soft" : unread > 0 ? "border-brand" : "border-line")}
    >
      <span className="flex items-baseline gap-2">
        <span className={cx("min-w-0 flex-1 truncate text-lg", unread > 0 ? "font-extrabold" : "font-semibold")}>
          {guest.name ?? guest.phone_masked ?? words.unknown}
          {guest.vip && ` ★ ${words.vip}`}
        </span>
        {talk.last_message_at !== null && <span className="shrink-0 text-base text-muted">{whenText(talk.last_message_at, now)}</span>}
      </span>
      {last !== null && (
        <span className="flex items-baseline gap-2 text-base text-muted">
          <span className="min-w-0 flex-1 truncate">{last.body}</span>
          <TextStatus message={last} />
        </span>
      )}
      <span className="mt-1 flex flex-wrap gap-x-3 gap-y-1 text-base">
        {unread > 0 && <b className="text-brand">{words.count(unread)}</b>}
        {state === "human" && taken_by === null && <b className="text-danger">{words.states.human}</b>}
        {holder !== null && <span className="font-semibold">{holder}</span>}
        {open_cups > 0 && <span className="text-muted">{words.cups(open_cups)}</span>}
        {guest.opted_out && <span className="font-semibold text-danger">{words.optedOut}</span>}
        {guest.blocked && <span className="font-semibold text-danger">{words.blocked}</span>}
      </span>
    </Link>
  );
}
