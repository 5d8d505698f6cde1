import { Button, Check, CountBadge, cx, Field, Notice, Suggestions } from "@livefloor/ui";
import type { StationPage } from "@livefloor/api/coffee";
import { useState, type ReactNode } from "react";

import { mayRead, useRoom, type Room } from "../../model/chat.ts";
import { doDeed } from "../../model/hooks.ts";
import { texts } from "../../texts/crew/index.ts";
import { MessageList } from "./message-list.tsx";
import type { NamedRoom } from "./rooms.ts";

const { chat: words } = texts;
const PHRASES = Object.values(words.quick);
/** Who says this waits for somebody. */
const PRESSING: readonly string[] = [words.quick.help, words.quick.machine];

interface ChatViewProps {
  readonly rooms: readonly NamedRoom[];
  readonly stations: readonly StationPage[];
}

/** The rooms, one of them open: what was said, and a line to say something. */
export function ChatView({ rooms, stations }: ChatViewProps) {
  // Where everybody hears it, so that a call for help needs no thought.
  const [open, setOpen] = useState<Room>("all");
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <div role="group" aria-label={words.rooms} className="flex flex-wrap gap-2">
        {rooms.map(({ room, name }) => (
          <RoomButton key={room} room={room} isOpen={room === open} onOpen={() => setOpen(room)}>
            {name}
          </RoomButton>
        ))}
      </div>
      {!mayRead(open) && <Notice>{words.onlyTheyRead}</Notice>}
      <MessageList key={open} room={open} stations={stations} />
      <Composer key={`say ${open}`} room={open} />
    </div>
  );
}

function RoomButton({ room, isOpen, children, onOpen }: { readonly room: Room; readonly isOpen: boolean; readonly children: ReactNode; readonly onOpen: () => void }) {
  const unread = useRoom(room).data?.pages[0]?.unread ?? 0;
  return (
    <button
      type="button"
      aria-pressed={isOpen}
      onClick={onOpen}
      className={cx("flex min-h-12 items-center gap-2 rounded-2xl border-2 px-4 text-base font-semibold", isOpen ? "border-brand bg-brand-soft text-brand-strong" : "border-line bg-card")}
    >
      {children}
      <CountBadge count={unread} word={words.unread(unread)} className="text-base" />
    </button>
  );
}

function Composer({ room }: { readonly room: Room }) {
  const [text, setText] = useState("");
  const [urgent, setUrgent] = useState(false);
  const [isEmpty, setIsEmpty] = useState(false);
  const pick = (phrase: string): void => {
    setText(phrase);
    setUrgent(PRESSING.includes(phrase));
    setIsEmpty(false);
  };
  const send = async (): Promise<void> => {
    const message = text.trim();
    setIsEmpty(message === "");
    if (message === "" || (await doDeed("chat", { room, message, urgent })) === null) return;
    setText("");
    setUrgent(false);
  };
  return (
    <form
      noValidate
      className="sticky bottom-0 flex flex-col gap-3 border-t border-line bg-linen py-3 max-md:bottom-16"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="-mx-1 flex overflow-x-auto px-1 py-1 *:flex-nowrap *:[&>button]:min-h-12 *:[&>button]:shrink-0">
        <Suggestions label={words.phrases} texts={PHRASES} value={text} onPick={pick} />
      </div>
      <div className="flex flex-wrap items-end gap-2">
        <Field className="min-w-full flex-1 sm:min-w-48" label={words.message} autoComplete="off" maxLength={500} value={text} error={isEmpty ? words.needsText : null} onChange={(event) => setText(event.target.value)} />
        <Check label={words.urgent} checked={urgent} onChange={(event) => setUrgent(event.target.checked)} />
        <Button type="submit" className="min-h-13 max-sm:flex-1">
          {words.send}
        </Button>
      </div>
    </form>
  );
}
