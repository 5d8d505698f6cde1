import { body, Problem } from "@livefloor/api";
import type { GroupCupView, GuestCup, JoinableGroup, PublicMenu } from "@livefloor/api/coffee";
import { Notice, Skeleton, useNow } from "@livefloor/ui";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { GroupHead } from "../../features/group-join/group-head.tsx";
import { JoinForm } from "../../features/group-join/join-form.tsx";
import { WhoIsIn } from "../../features/group-join/who-is-in.tsx";
import { CupSheet } from "../../features/guest-cups/cup-sheet.tsx";
import { DrinkList } from "../../features/guest-cups/drink-list.tsx";
import { draftOf, newDraft, type CupDraft } from "../../model/guest-cup.ts";
import { Loaded } from "../../model/guest-loaded.tsx";
import { api, publicMenuQuery } from "../../model/guest.ts";
import { texts } from "../../texts/guest/index.ts";
import { GuestFrame, GuestNotFound } from "./guest-frame.tsx";
import { Stale } from "./stale.tsx";

/** No line tells strangers of a group: one opens with an order's token, never with a code (section 6). And whoever is on the same Wi-Fi shares ten looks at codes a minute (rule 64). */
const AGAIN_MS = 60_000;
const BONES = <Skeleton className="h-80" />;

const groupQuery = (code: string) =>
  queryOptions({
    queryKey: ["group", code],
    queryFn: () => body(api.http.GET("/api/group-orders/by-code/{code}", { params: { path: { code } } })),
    refetchInterval: ({ state }) => (state.error instanceof Problem && state.error.status === 404 ? false : AGAIN_MS),
    refetchOnWindowFocus: "always",
    retry: (count, error) => !(error instanceof Problem) && count < 1,
    staleTime: 0,
  });

/** What somebody with the code of a group sees: who is in, and the way in. */
export function JoinPage({ code }: { readonly code: string }) {
  const group = useQuery(groupQuery(code));
  if (group.data === undefined && group.error instanceof Problem && group.error.status === 404) return <GuestNotFound title={texts.group.unknown} text={texts.group.unknownText} />;
  // Without a session the answer is that for strangers.
  const shown = group.data?.group_order as JoinableGroup | undefined;
  return (
    <GuestFrame title={shown?.group_name ?? texts.group.who}>
      <Stale query={group} />
      <Loaded query={group} skeleton={BONES}>
        {({ progress_pct, orders }) => (
          <>
            {shown !== undefined && <GroupHead group={shown} progress={progress_pct} />}
            {shown !== undefined && <WayIn code={code} group={shown} onChanged={() => void group.refetch()} />}
            <WhoIsIn cups={orders as readonly GroupCupView[]} isHandedIn={shown?.status !== "open"} isBusy={group.isFetching} onRefresh={() => void group.refetch()} />
          </>
        )}
      </Loaded>
    </GuestFrame>
  );
}

interface WayInProps {
  readonly code: string;
  readonly group: JoinableGroup;
  readonly onChanged: () => void;
}

function WayIn({ code, group, onChanged }: WayInProps) {
  const now = useNow(10_000);
  const menu = useQuery(publicMenuQuery);
  const [done, setDone] = useState<string | null>(null);
  const { mode, status, joined, max_orders, closes_at } = group;
  const isOver = status !== "open" || (closes_at !== null && Date.parse(closes_at) <= now);
  const told = done !== null && (
    <Notice tone="free" role="status">
      <p className="text-lg font-bold">{done}</p>
    </Notice>
  );
  let reason: string | null = null;
  if (isOver) reason = mode === "list" && status === "open" ? texts.group.list : texts.group.closed[status];
  else if (joined >= max_orders) reason = texts.group.full;
  if (reason !== null) {
    return (
      <>
        {told}
        <Notice tone={status === "ready" ? "free" : "held"}>{reason}</Notice>
      </>
    );
  }
  return (
    <>
      {told}
      <Loaded query={menu} skeleton={BONES}>
        {(data) => (
          <Drink
            code={code}
            menu={data}
            onJoined={(name, drink) => {
              setDone(texts.group.done(drink, name));
              onChanged();
            }}
            onRefused={() => {
              onChanged();
              void menu.refetch();
            }}
          />
        )}
      </Loaded>
    </>
  );
}

interface DrinkProps {
  readonly code: string;
  readonly menu: PublicMenu;
  readonly onJoined: (name: string, drink: string) => void;
  readonly onRefused: () => void;
}

function Drink({ code, menu, onJoined, onRefused }: DrinkProps) {
  const [cup, setCup] = useState<GuestCup | null>(null);
  const [draft, setDraft] = useState<CupDraft | null>(null);
  return (
    <>
      {cup === null ? (
        <DrinkList menu={menu} onPick={(drink) => setDraft(newDraft(drink))} />
      ) : (
        <JoinForm
          code={code}
          menu={menu}
          cup={cup}
          onEdit={() => setDraft(draftOf(cup, menu))}
          onJoined={(name, drink) => {
            setCup(null);
            onJoined(name, drink);
          }}
          onRefused={onRefused}
        />
      )}
      {draft !== null && (
        <CupSheet
          menu={menu}
          start={draft}
          doneLabel={cup === null ? texts.cup.add : texts.cup.change}
          onDone={(chosen) => {
            setCup(chosen);
            setDraft(null);
          }}
          onClose={() => setDraft(null)}
        />
      )}
    </>
  );
}
