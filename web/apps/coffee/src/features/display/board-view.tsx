import type { Board, MilkColor } from "@livefloor/api/coffee";
import { base } from "@livefloor/base";
import { cx } from "@livefloor/ui";
import { QrCode } from "@livefloor/ui/qr-code";
import type { ReactNode } from "react";

import { MilkMark } from "../../model/milk-mark.tsx";
import { texts } from "../../texts/index.ts";

interface BoardViewProps {
  readonly board: Board;
  readonly milks: readonly MilkColor[];
  /** Too old to be believed: guests are asked to listen instead. */
  readonly isStale: boolean;
  readonly account: ReactNode;
}

/** What guests see from across the room: whose cup is being made, and whose is ready. */
export function BoardView({ board, milks, isStale, account }: BoardViewProps) {
  const { display } = texts;
  return (
    <div className="flex min-h-dvh flex-col gap-6 p-4 md:p-8">
      <header className="flex flex-wrap items-baseline gap-x-6 gap-y-1">
        <h1 className="text-4xl font-extrabold md:text-6xl">{board.station_name}</h1>
        {!isStale && board.status === "open" && <p className="text-2xl font-semibold text-muted md:text-4xl">{display.wait(board.wait_minutes)}</p>}
        {board.status !== "open" && <p className="text-2xl font-semibold text-held md:text-4xl">{texts.stations[board.status as "paused"]}</p>}
        <div className="ml-auto self-center">{account}</div>
      </header>
      {board.message !== "" && <p className="rounded-tile bg-brand-soft px-5 py-3 text-2xl font-semibold text-brand-strong">{board.message}</p>}
      {isStale && (
        <p role="status" className="rounded-tile bg-held-soft px-5 py-4 text-3xl font-bold text-held md:text-5xl">
          {display.listen}
        </p>
      )}
      <div className={cx("grid flex-1 gap-6 md:grid-cols-2", isStale && "opacity-50")}>
        <Names title={display.making} cups={board.making} />
        <Names title={isStale ? display.making : display.ready} cups={board.ready} isReady={!isStale} />
      </div>
      <Foot milks={milks} out={board.milk_out} menuCode={board.menu_code} />
    </div>
  );
}

interface NamesProps {
  readonly title: string;
  readonly cups: readonly { readonly number: string; readonly name: string }[];
  readonly isReady?: boolean;
}

function Names({ title, cups, isReady = false }: NamesProps) {
  return (
    <section aria-label={title} aria-live={isReady ? "polite" : undefined} className={cx("min-w-0 rounded-tile p-5 md:p-8", isReady ? "bg-free text-linen" : "bg-card")}>
      <h2 className="mb-4 text-3xl font-bold md:text-4xl">{title}</h2>
      <ul className="flex flex-col gap-3">
        {cups.map(({ number, name }) => (
          <li key={number} className="flex items-baseline gap-4 text-3xl leading-snug font-extrabold md:text-5xl md:leading-snug">
            <span className="shrink-0">{number}</span>
            <span className="min-w-0 truncate font-semibold">{name}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface FootProps {
  readonly milks: readonly MilkColor[];
  readonly out: Board["milk_out"];
  readonly menuCode: string | null;
}

/** The milks as cups are marked with them, which there is none of, and the way to order from where one stands. */
function Foot({ milks, out, menuCode }: FootProps) {
  const isOut = (code: string): boolean => out.some((milk) => milk.code === code);
  return (
    <footer className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <ul aria-label={texts.display.milks} className="flex min-w-0 flex-1 basis-72 flex-wrap gap-x-6 gap-y-2 text-xl md:text-2xl">
        {milks
          .filter(({ enabled }) => enabled)
          .map((milk) => (
            <li key={milk.code} className="flex items-center gap-2">
              <MilkMark milk={milk} className="size-10 rounded-lg" />
              <span className={cx(isOut(milk.code) && "text-muted line-through")}>{milk.name}</span>
              {isOut(milk.code) && <span className="font-bold text-danger">{texts.order.out}</span>}
            </li>
          ))}
      </ul>
      {menuCode !== null && <WayToOrder address={`${base}menu/${menuCode}`} />}
    </footer>
  );
}

function WayToOrder({ address }: { readonly address: string }) {
  return (
    <div className="flex items-center gap-4">
      <div className="text-right">
        <p className="text-2xl font-bold md:text-3xl">{texts.display.order}</p>
        <p className="text-base wrap-anywhere text-muted">{address.replace(/^https?:\/\//, "")}</p>
      </div>
      <QrCode address={address} label={texts.display.scan} className="size-36 rounded-2xl md:size-44" />
    </div>
  );
}

/** All open stations side by side; each with its own two lists. */
export function BoardsView({ boards, milks, isStale, account }: Omit<BoardViewProps, "board"> & { readonly boards: readonly Board[] }) {
  const { display } = texts;
  const everywhereOut = (boards[0]?.milk_out ?? []).filter(({ code }) => boards.every(({ milk_out }) => milk_out.some((milk) => milk.code === code)));
  return (
    <div className="flex min-h-dvh flex-col gap-6 p-4 md:p-8">
      <header className="flex items-center gap-4">
        <h1 className="text-4xl font-extrabold md:text-5xl">{texts.product}</h1>
        <div className="ml-auto">{account}</div>
      </header>
      {isStale && (
        <p role="status" className="rounded-tile bg-held-soft px-5 py-4 text-3xl font-bold text-held md:text-5xl">
          {display.listen}
        </p>
      )}
      {boards.length === 0 && <p className="text-3xl font-semibold text-muted">{display.closed}</p>}
      <div className={cx("grid flex-1 gap-6 lg:auto-cols-fr lg:grid-flow-col", isStale && "opacity-50")}>
        {boards.map((board) => (
          <section key={board.station_id} aria-label={board.station_name} className="flex min-w-0 flex-col gap-4">
            <h2 className="flex flex-wrap items-baseline gap-x-4 text-3xl font-extrabold md:text-4xl">
              {board.station_name}
              {!isStale && <span className="text-xl font-semibold text-muted md:text-2xl">{display.wait(board.wait_minutes)}</span>}
            </h2>
            <Names title={isStale ? display.making : display.ready} cups={board.ready} isReady={!isStale} />
            <Names title={display.making} cups={board.making} />
          </section>
        ))}
      </div>
      <Foot milks={milks} out={everywhereOut} menuCode={boards[0]?.menu_code ?? null} />
    </div>
  );
}
