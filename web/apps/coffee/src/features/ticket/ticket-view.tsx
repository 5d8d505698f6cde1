import type { TicketCup, TicketPage } from "@livefloor/api/coffee";
import { cx, Notice } from "@livefloor/ui";
import type { ReactNode } from "react";

import { allergenText } from "../../model/guest-cup.ts";
import { MilkMark } from "../../model/milk-mark.tsx";
import { placeOf, statusOf } from "../../model/ticket.ts";
import { texts } from "../../texts/guest/index.ts";
import { CancelCups } from "./cancel-cups.tsx";
import { Rating } from "./rating.tsx";
import { Steps } from "./steps.tsx";

const { ticket: words } = texts;

interface TicketViewProps {
  readonly token: string;
  readonly ticket: TicketPage;
  /** What a milk or an extra is called. */
  readonly nameOf: (code: string) => string;
  readonly now: number;
  readonly line: ReactNode;
}

/** The number that is called, how far it is, and where to come. */
export function TicketView({ token, ticket, nameOf, now, line }: TicketViewProps) {
  const { number, name, cups, station } = ticket;
  const status = statusOf(cups);
  const isReady = status === "completed";
  const attention = [...new Set(cups.flatMap((cup) => (cup.attention === null ? [] : [cup.attention])))];
  return (
    <>
      <section aria-label={words.title(number)} className={cx("flex flex-col gap-4 rounded-tile border-2 p-5", isReady ? "border-free bg-free-soft" : "border-line bg-card shadow-card")}>
        <div className="text-center">
          <h1 className="text-7xl leading-none font-extrabold tracking-tight">
            <span className="sr-only">{words.title("")}</span>
            {number}
          </h1>
          <p className="mt-2 text-lg text-muted">{words.for(name)}</p>
        </div>
        <p className={cx("text-center text-xl font-bold", isReady && "text-free")}>{words.said[status]}</p>
        <Steps status={status} />
        <Figures ticket={ticket} status={status} />
        {station !== null && status !== "cancelled" && (
          <p className="text-center text-lg">
            {words.collectAt} <strong className={cx("font-extrabold", isReady && "text-2xl")}>{station.name}</strong>
            {station.location !== "" && <span className="block text-base text-muted">{station.location}</span>}
          </p>
        )}
        <div className="flex justify-center">{line}</div>
      </section>
      {attention.map((code) => (
        <Notice key={code} tone="held" role="status">
          {words.attention[code as keyof typeof words.attention]}
        </Notice>
      ))}
      {status === "pending" && (station?.status === "paused" || station?.status === "offline") && <Notice tone="held">{words[station.status]}</Notice>}
      <section aria-labelledby="cups">
        <h2 id="cups" className="mb-2 text-lg font-bold">
          {words.cups}
        </h2>
        <ul className="flex flex-col gap-2">
          {cups.map((cup) => (
            <Cup key={cup.id} token={token} cup={cup} nameOf={nameOf} isOnly={cups.length === 1} now={now} />
          ))}
        </ul>
      </section>
    </>
  );
}

function Figures({ ticket: { cups, minutes }, status }: { readonly ticket: TicketPage; readonly status: TicketCup["status"] }) {
  const place = placeOf(cups);
  const waits = status === "pending" || status === "in_progress";
  if (!waits) return null;
  return (
    <dl className="flex justify-center gap-10 text-center [&_dd]:text-3xl [&_dd]:font-extrabold [&_dt]:text-sm [&_dt]:text-muted">
      {place !== null && (
        <div className="flex flex-col-reverse">
          <dt>{words.place}</dt>
          <dd>{place}</dd>
        </div>
      )}
      <div className="flex flex-col-reverse">
        <dt>{words.minutes}</dt>
        <dd>{minutes ?? words.soon}</dd>
      </div>
    </dl>
  );
}

interface CupProps extends Pick<TicketViewProps, "token" | "nameOf" | "now"> {
  readonly cup: TicketCup;
  readonly isOnly: boolean;
}

function Cup({ token, cup, nameOf, isOnly, now }: CupProps) {
  const { id, number, drink_name, size, milk, options, status, allergens, can_cancel } = cup;
  const extras = Object.entries(options).map(([code, count]) => `${count > 1 ? `${count} × ` : ""}${nameOf(code)}`);
  const said = [texts.sized(size, drink_name), milk !== null && nameOf(milk.code), ...extras].filter(Boolean).join(", ");
  return (
    <li className="rounded-2xl border border-line bg-card p-3">
      <div className="flex items-center gap-3">
        {milk !== null && <MilkMark milk={milk} className="size-10 rounded-lg text-base" />}
        <div className="min-w-0 flex-1">
          <p className={cx("font-semibold", status === "cancelled" && "text-muted line-through")}>{said}</p>
          {allergens.length > 0 && <p className="text-sm text-muted">{texts.contains(allergenText(allergens))}</p>}
        </div>
        <p className="text-right text-sm font-semibold">
          {!isOnly && <span className="block text-muted">{number}</span>}
          {words.cupStates[status]}
        </p>
      </div>
      {!isOnly && can_cancel && <CancelCups token={token} number={number} orderId={id} />}
      <Rating token={token} cup={cup} now={now} />
    </li>
  );
}
