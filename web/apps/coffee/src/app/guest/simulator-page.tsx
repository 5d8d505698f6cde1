import { body, Problem } from "@livefloor/api";
import type { SmsThread } from "@livefloor/api/coffee";
import { mount } from "@livefloor/base";
import { Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Phones } from "../../features/simulator/phones.tsx";
import { Thread } from "../../features/simulator/thread.tsx";
import { Loaded } from "../../model/guest-loaded.tsx";
import { api } from "../../model/guest.ts";
import { texts } from "../../texts/guest/index.ts";
import { GuestNotFound } from "./guest-frame.tsx";
import { Stale } from "./stale.tsx";

const { simulator: words } = texts;
const AGAIN_MS = 2_500;
/** While a text is under way: it is there within moments. */
const SOON_MS = 400;
const UNDER_WAY = new Set<string>(["queued", "sending"]);
const KEY = `livefloor-coffee phones ${mount}`;
/** Numbers that belong to nobody. */
const FIRST = ["+61491570156", "+61491570157"];

function kept(): readonly string[] {
  try {
    const phones = JSON.parse(localStorage.getItem(KEY) ?? "[]") as readonly string[];
    return phones.length === 0 ? FIRST : phones;
  } catch {
    return FIRST;
  }
}

/** Phones of guests to play, where no text really goes out. */
export function SimulatorPage() {
  const [phones, setPhones] = useState(kept);
  const [chosen, setChosen] = useState(phones[0] ?? "");
  const shown = phones.includes(chosen) ? chosen : (phones[0] ?? "");
  const thread = useQuery({
    queryKey: ["thread", shown],
    queryFn: (): Promise<SmsThread> => body(api.http.GET("/api/sms/simulator/messages", { params: { query: { phone: shown } } })),
    refetchInterval: ({ state }) => (isAbsent(state.error) ? false : state.data?.messages.some(({ status }) => UNDER_WAY.has(status)) === true ? SOON_MS : AGAIN_MS),
    retry: false,
  });
  useEffect(() => {
    document.title = `${words.title} · ${texts.product}`;
  }, []);
  const keep = (next: readonly string[]): void => {
    setPhones(next);
    localStorage.setItem(KEY, JSON.stringify(next));
  };
  if (isAbsent(thread.error)) return <GuestNotFound title={words.absent} text={words.absentText} />;
  return (
    <main className="mx-auto w-full max-w-5xl px-4 py-6">
      <h1 className="text-2xl font-bold">{words.title}</h1>
      <p className="mt-1 mb-4 text-muted">{words.text}</p>
      <div className="grid items-start gap-6 lg:grid-cols-[16rem_minmax(0,1fr)]">
        <Phones
          phones={phones}
          shown={shown}
          onOpen={setChosen}
          onAdd={(phone) => {
            keep([...new Set([...phones, phone])]);
            setChosen(phone);
          }}
          onRemove={(phone) => keep(phones.filter((one) => one !== phone))}
        />
        <div className="flex min-w-0 flex-col gap-3">
          <Stale query={thread} />
          <Loaded query={thread} skeleton={<Skeleton className="h-96" />}>
            {({ messages }) => <Thread key={shown} phone={shown} messages={messages} onSent={() => void thread.refetch()} />}
          </Loaded>
        </div>
      </div>
    </main>
  );
}

function isAbsent(error: unknown): boolean {
  return error instanceof Problem && (error.status === 404 || error.status === 403);
}
