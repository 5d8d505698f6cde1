import { newKey, Problem } from "@livefloor/api";
import type { CupInput, MenuView, MilkColor } from "@livefloor/api/coffee";
import { Button, CloseIcon, EmptyState, Field, IconButton, Notice, Refusal } from "@livefloor/ui";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { eventQuery, offersQuery, stationsQuery, useIsOffline, useUser, useZone } from "../../model/hooks.ts";
import { clock } from "../../model/services.ts";
import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import { CupPicker } from "./cup-picker.tsx";
import { cupOf, draftOf, EMPTY, type Draft } from "./draft.ts";
import { momentOf } from "./later.ts";
import { ParkedOrders, type ParkedOrder } from "./parked.tsx";
import { estimate, order, type Ordered, type Wanted } from "./send.ts";
import { StationChoice } from "./station-choice.tsx";
import { Told } from "./told.tsx";
import { WhenField } from "./when-field.tsx";

const ESTIMATE_MS = 15_000;

/** A walk-up order: the cup that is being chosen on the left, the whole order on the right. */
export function OrderForm({ menu, milks }: { readonly menu: MenuView; readonly milks: readonly MilkColor[] }) {
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [cups, setCups] = useState<readonly CupInput[]>([]);
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [station, setStation] = useState<number | null>(null);
  const [time, setTime] = useState<string | null>(null);
  const [missing, setMissing] = useState<"name" | "cup" | "time" | null>(null);
  const [parked, setParked] = useState<readonly ParkedOrder[]>([]);
  const [last, setLast] = useState<{ readonly wanted: Wanted; readonly ordered: Ordered } | null>(null);
  const isOffline = useIsOffline();
  const zone = useZone();
  const isBarista = useUser()?.role === "barista";
  const mayVip = useQuery(eventQuery).data?.vip_by_barista !== false || !isBarista;
  const stations = useQuery(stationsQuery).data?.filter(({ kind, status }) => kind === "service" && status === "open") ?? [];
  const offers = useQuery(offersQuery).data?.filter(({ station_id }) => stations.some(({ id }) => id === station_id));
  const stationName = (id: number): string => stations.find((one) => one.id === id)?.name ?? String(id);
  const current = cupOf(draft);
  const items = current === null ? cups : [...cups, current];
  const waits = useQuery({
    queryKey: ["estimate", items],
    queryFn: () => estimate(items),
    enabled: items.length > 0 && !isOffline,
    placeholderData: keepPreviousData,
    refetchInterval: ESTIMATE_MS,
    retry: false,
  });
  const say = (cup: CupInput): string => nameOf(cup, menu, milks);
  const clear = (): void => {
    setDraft(EMPTY);
    setCups([]);
    setName("");
    setPhone("");
    setStation(null);
    setTime(null);
    setMissing(null);
  };
  const place = useMutation({
    mutationFn: order,
    onSuccess: (ordered, wanted) => {
      setLast({ wanted, ordered });
      clear();
    },
  });
  const problem = place.error instanceof Problem ? place.error : null;
  const fields = problem?.fields ?? {};
  const submit = (): void => {
    const at = time === null ? null : momentOf(time, clock.now(), zone);
    const gap = items.length === 0 ? "cup" : name.trim() === "" ? "name" : time !== null && at === null ? "time" : null;
    setMissing(gap);
    if (gap !== null || place.isPending) return;
    place.mutate({ customer_name: name.trim(), phone: phone.trim(), station_id: station, items, requested_for: at, said: items.map(say).join(" · ") });
  };
  const park = (): void => {
    setParked([...parked, { key: newKey(), name: name.trim(), phone, cups: items }]);
    clear();
  };
  const resume = ({ key, name: kept, phone: number, cups: found }: ParkedOrder): void => {
    const others = parked.filter((one) => one.key !== key);
    // Whoever is being served now waits in turn.
    setParked(items.length === 0 ? others : [...others, { key: newKey(), name: name.trim(), phone, cups: items }]);
    clear();
    setName(kept);
    setPhone(number);
    setCups(found);
  };
  const repeat = (): void => {
    const [first, ...others] = last?.wanted.items ?? [];
    if (first === undefined) return;
    setDraft(draftOf(first, menu));
    setCups(others);
  };
  return (
    <div className="grid items-start gap-6 pt-1 lg:grid-cols-[1fr_24rem]">
      <div>
        <h1 className="mb-3 text-2xl font-extrabold">{texts.order.title}</h1>
        <CupPicker menu={menu} milks={milks} offers={offers} station={station} stationName={stationName} draft={draft} mayVip={mayVip} onChange={setDraft} />
      </div>
      <form
        noValidate
        className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4 shadow-card lg:sticky lg:top-18 lg:max-h-[calc(100dvh-5.5rem)] lg:overflow-y-auto"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {last !== null && <Told ordered={last.ordered} wanted={last.wanted} stationName={stationName} onRepeat={items.length === 0 ? repeat : null} />}
        <ParkedOrders orders={parked} onResume={resume} />
        <section aria-label={texts.order.cups}>
          <h2 className="mb-2 text-lg font-bold">{texts.order.cups}</h2>
          {items.length === 0 && <EmptyState>{texts.order.noCups}</EmptyState>}
          <ul className="flex flex-col gap-1">
            {items.map((cup, place_) => (
              <li key={place_} className="flex min-h-12 items-center gap-2 text-base font-semibold">
                <span className="min-w-0 flex-1">{say(cup)}</span>
                <IconButton label={texts.order.remove(say(cup))} onClick={() => (place_ < cups.length ? setCups(cups.filter((_, other) => other !== place_)) : setDraft(EMPTY))}>
                  <CloseIcon />
                </IconButton>
              </li>
            ))}
          </ul>
          <Button
            look="soft"
            className="mt-2 w-full"
            disabled={current === null || items.length >= 6}
            onClick={() => {
              setCups(items);
              setDraft(EMPTY);
            }}
          >
            {texts.order.add}
          </Button>
        </section>
        <Field label={texts.order.name} value={name} maxLength={24} autoComplete="off" error={missing === "name" ? texts.order.needsName : fields.customer_name} onChange={(event) => setName(event.target.value)} />
        <Field
          label={texts.order.phone}
          hint={texts.order.phoneHint}
          type="tel"
          autoComplete="off"
          maxLength={40}
          value={phone}
          error={problem?.code === "bad_phone" ? problem.message : fields.phone}
          onChange={(event) => setPhone(event.target.value)}
        />
        <fieldset>
          <legend className="mb-2 text-base font-bold">{texts.order.station}</legend>
          <div className="flex flex-col gap-2">
            <StationChoice label={texts.order.best} aside={bestText(waits.data, stationName)} isChosen={station === null} onPick={() => setStation(null)} />
            {stations.map(({ id, name: label }) => {
              const wait = waits.data?.stations.find(({ station_id }) => station_id === id);
              const aside = wait === undefined ? "" : wait.ok ? texts.order.minutes(wait.minutes) : texts.order.cannot;
              return <StationChoice key={id} label={label} aside={aside} isChosen={station === id} isOff={wait?.ok === false} onPick={() => setStation(id)} />;
            })}
          </div>
        </fieldset>
        <WhenField time={time} error={missing === "time" ? crew.order.needsTime : fields.requested_for} onChange={setTime} />
        {isOffline && <Notice tone="off">{texts.order.offline}</Notice>}
        {missing === "cup" && (
          <Notice tone="danger" role="alert">
            {texts.order.needsCup}
          </Notice>
        )}
        <Refusal error={place.error} />
        <div className="flex flex-col gap-2 bg-card lg:sticky lg:-bottom-4 lg:-mx-4 lg:px-4 lg:pt-2 lg:pb-4">
          <Button type="submit" className="text-lg" busy={place.isPending && texts.order.submitting}>
            {texts.order.submit}
          </Button>
          {items.length > 0 && (
            <Button look="quiet" onClick={park}>
              {crew.order.park}
            </Button>
          )}
        </div>
      </form>
    </div>
  );
}

function nameOf(cup: CupInput, menu: MenuView, milks: readonly MilkColor[]): string {
  const drink = menu.items.find(({ code }) => code === cup.menu_item)?.name ?? cup.menu_item;
  const milk = milks.find(({ code }) => code === cup.milk)?.name;
  const extras = Object.entries(cup.options ?? {}).map(([code, count]) => `${count > 1 ? `${count} × ` : ""}${menu.options.find((option) => option.code === code)?.name ?? code}`);
  return [texts.sized(cup.size, drink), milk, ...extras].filter(Boolean).join(", ");
}

function bestText(waits: Awaited<ReturnType<typeof estimate>> | undefined, stationName: (id: number) => string): string {
  const best = waits?.stations.find(({ station_id }) => station_id === waits.best);
  return best === undefined ? "" : `${stationName(best.station_id)}, ${texts.order.minutes(best.minutes)}`;
}
