import { Problem } from "@livefloor/api";
import type { GuestCup, PublicMenu } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { Notice, say, Skeleton, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { CupSheet } from "../../features/guest-cups/cup-sheet.tsx";
import { DrinkList } from "../../features/guest-cups/drink-list.tsx";
import { OrderForm } from "../../features/guest-order/order-form.tsx";
import { Waits } from "../../features/guest-order/waits.tsx";
import { cupText, draftOf, newDraft, type CupDraft } from "../../model/guest-cup.ts";
import { Loaded } from "../../model/guest-loaded.tsx";
import { goTo } from "../../model/guest-path.ts";
import { keptOrders, publicMenuQuery } from "../../model/guest.ts";
import { texts } from "../../texts/guest/index.ts";
import { GuestFrame, GuestNotFound } from "./guest-frame.tsx";
import { Stale } from "./stale.tsx";

const BONES = (
  <div className="flex flex-col gap-4">
    <Skeleton className="h-28" />
    <Skeleton className="h-80" />
  </div>
);

/** The menu behind the QR code: a cup in four taps and a name. */
export function MenuPage({ code }: { readonly code: string }) {
  const menu = useQuery(publicMenuQuery);
  if (menu.data === undefined && menu.error instanceof Problem && menu.error.status === 404) return <GuestNotFound title={texts.menu.closed} text={texts.menu.opensUnknown} />;
  if (menu.data !== undefined && menu.data.event_code !== code.toUpperCase()) return <GuestNotFound text={texts.menu.wrongEvent} />;
  return (
    <GuestFrame title={menu.data?.event_name ?? texts.menu.drinks}>
      <Stale query={menu} />
      <Loaded query={menu} skeleton={BONES}>
        {(data) => <Menu code={code} menu={data} />}
      </Loaded>
    </GuestFrame>
  );
}

function Menu({ code, menu }: { readonly code: string; readonly menu: PublicMenu }) {
  const [cups, setCups] = useState<readonly GuestCup[]>([]);
  const [open, setOpen] = useState<{ readonly draft: CupDraft; readonly place: number } | null>(null);
  const form = useRef<HTMLDivElement>(null);
  const hasCups = cups.length > 0;
  useEffect(() => {
    if (hasCups) form.current?.scrollIntoView({ block: "start" });
  }, [hasCups, cups.length]);
  const taken = (cup: GuestCup): void => {
    if (open === null) return;
    setCups(cups.toSpliced(open.place, 1, cup));
    say(texts.order.added(cupText(cup, menu)));
    setOpen(null);
  };
  return (
    <>
      <div>
        <h1 className="text-2xl font-bold">{menu.event_name}</h1>
        <p className="mt-1 text-muted">{texts.menu.lead}</p>
      </div>
      <OwnOrders />
      {menu.taking_orders && menu.web_ordering && !hasCups && <Waits stations={menu.stations} />}
      <Closed menu={menu} />
      {hasCups && (
        <div ref={form} className="scroll-mt-2">
          <OrderForm
            code={code}
            menu={menu}
            cups={cups}
            onCups={setCups}
            onEdit={(place) => {
              const cup = cups[place];
              const draft = cup === undefined ? null : draftOf(cup, menu);
              if (draft !== null) setOpen({ draft, place });
            }}
            onOrdered={(token) => goTo(`o/${token}`)}
          />
        </div>
      )}
      {menu.taking_orders && menu.web_ordering && cups.length < menu.max_cups && (
        <>
          <DrinkList menu={menu} onPick={(drink) => setOpen({ draft: newDraft(drink), place: cups.length })} />
          <p className="-mt-3 text-sm text-muted">{texts.menu.allergyText}</p>
        </>
      )}
      {open !== null && <CupSheet menu={menu} start={open.draft} doneLabel={open.place < cups.length ? texts.cup.change : texts.cup.add} onDone={taken} onClose={() => setOpen(null)} />}
    </>
  );
}

function Closed({ menu: { taking_orders, web_ordering, next_opening } }: { readonly menu: PublicMenu }) {
  const now = useNow(60_000);
  if (!web_ordering) return <Notice tone="held">{texts.menu.webOff}</Notice>;
  if (taking_orders) return null;
  return (
    <Notice tone="held">
      <p className="text-lg font-bold">{texts.menu.closed}</p>
      <p className="text-base">{next_opening === null ? texts.menu.opensUnknown : texts.menu.opens(whenText(next_opening, now))}</p>
    </Notice>
  );
}

/** The way back to what was ordered on this phone. */
function OwnOrders() {
  const [orders] = useState(keptOrders);
  if (orders.length === 0) return null;
  return (
    <ul className="-my-2 flex flex-wrap gap-x-4">
      {orders.map(({ token, number }) => (
        <li key={token}>
          <a
            href={`o/${token}`}
            onClick={(event) => {
              event.preventDefault();
              goTo(`o/${token}`);
            }}
            className="inline-flex min-h-12 items-center font-semibold text-brand underline underline-offset-4"
          >
            {texts.menu.yours(number)}
          </a>
        </li>
      ))}
    </ul>
  );
}
