import { body, Problem } from "@livefloor/api";
import type { GuestCup, PublicMenu } from "@livefloor/api/coffee";
import { keyed, useAct } from "@livefloor/base";
import { Button, Choices, CloseIcon, Field, IconButton, Notice, Refusal, toast } from "@livefloor/ui";
import { useRef, useState, type SyntheticEvent } from "react";

import { cupText } from "../../model/guest-cup.ts";
import { api, keepOrder, queries, stationsFor, publicMenuQuery } from "../../model/guest.ts";
import { texts } from "../../texts/guest/index.ts";

interface OrderFormProps {
  readonly code: string;
  readonly menu: PublicMenu;
  readonly cups: readonly GuestCup[];
  readonly onCups: (cups: readonly GuestCup[]) => void;
  readonly onEdit: (place: number) => void;
  readonly onOrdered: (token: string) => void;
}

interface Wanted {
  readonly customer_name: string;
  readonly phone: string;
  readonly station_id: number | null;
  readonly vip_word: string;
  readonly items: readonly GuestCup[];
}

/** The cups that were chosen, whose they are, and where they are fetched. */
export function OrderForm({ code, menu, cups, onCups, onEdit, onOrdered }: OrderFormProps) {
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [word, setWord] = useState("");
  const [chosen, setChosen] = useState<number | null>(null);
  const [isNameless, setNameless] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const phoneField = useRef<HTMLInputElement>(null);
  const stations = stationsFor(cups, menu);
  const [best] = stations;
  // What can no longer make it is no choice any more.
  const station = stations.some(({ id }) => id === chosen) ? chosen : null;
  const order = useAct(
    ({ items, phone: to, vip_word, ...rest }: Wanted, key) =>
      body(
        api.http.POST("/api/public/orders", {
          body: { ...rest, event_code: code, items: [...items], client_id: key, ...(to === "" ? {} : { phone: to }), ...(vip_word === "" ? {} : { vip_word }) },
          ...keyed(key),
        }),
      ),
    ({ ticket }) => {
      keepOrder(ticket.token, ticket.number);
      onOrdered(ticket.token);
    },
  );
  const problem = order.error instanceof Problem ? order.error : null;
  const fields = problem?.fields ?? {};
  const isAtField = problem !== null && (problem.code === "bad_phone" || "customer_name" in fields || "phone" in fields);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setNameless(name.trim() === "");
    if (name.trim() === "") nameField.current?.focus();
    if (name.trim() === "" || best === undefined || order.isPending) return;
    const wanted = { customer_name: name.trim(), phone: phone.trim(), vip_word: word.trim(), station_id: station, items: cups };
    order.mutate(wanted, {
      onError: (error) => {
        if (error instanceof Problem && error.code === "bad_phone") phoneField.current?.focus();
        void queries.invalidateQueries({ queryKey: publicMenuQuery.queryKey });
      },
    });
  };
  const remove = (place: number, said: string): void => {
    onCups(cups.filter((_, other) => other !== place));
    toast(texts.order.removed(said), "plain", { label: texts.order.undo, onAct: () => onCups(cups) });
  };
  return (
    <form noValidate onSubmit={submit} aria-labelledby="order" className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4 shadow-card">
      <h2 id="order" className="text-lg font-bold">
        {texts.order.title}
      </h2>
      <ul className="-mt-2 flex flex-col">
        {cups.map((cup, place) => {
          const said = cupText(cup, menu);
          return (
            <li key={place} className="flex items-center gap-1 border-b border-line last:border-0">
              <button type="button" aria-label={texts.order.edit(said)} onClick={() => onEdit(place)} className="min-h-12 min-w-0 flex-1 rounded-lg py-1 text-left font-semibold">
                {said}
              </button>
              <IconButton label={texts.order.remove(said)} onClick={() => remove(place, said)}>
                <CloseIcon />
              </IconButton>
            </li>
          );
        })}
      </ul>
      <Field
        ref={nameField}
        label={texts.order.name}
        autoComplete="given-name"
        maxLength={24}
        value={name}
        error={isNameless ? texts.order.needsName : fields.customer_name}
        onChange={(event) => {
          setName(event.target.value);
          setNameless(false);
        }}
      />
      <Field
        ref={phoneField}
        label={texts.order.phone}
        hint={texts.order.phoneHint}
        type="tel"
        autoComplete="tel"
        maxLength={40}
        value={phone}
        error={problem?.code === "bad_phone" ? problem.message : fields.phone}
        onChange={(event) => setPhone(event.target.value)}
      />
      {stations.length > 1 && (
        <Choices
          legend={texts.order.station}
          value={station === null ? "" : String(station)}
          onChange={(value) => setChosen(value === "" ? null : Number(value))}
          choices={[
            { value: "", label: texts.order.best, aside: best === undefined ? "" : `${best.name}, ${texts.minutes(best.minutes)}` },
            ...stations.map(({ id, name: label, minutes }) => ({ value: String(id), label, aside: texts.minutes(minutes) })),
          ]}
        />
      )}
      <details className="-my-1">
        <summary className="flex min-h-12 cursor-pointer items-center font-semibold text-brand underline underline-offset-4">{texts.order.word}</summary>
        <Field label={texts.order.wordLabel} autoComplete="off" autoCapitalize="none" maxLength={40} value={word} onChange={(event) => setWord(event.target.value)} />
      </details>
      {best === undefined && <Notice tone="held">{texts.order.none}</Notice>}
      {!isAtField && <Refusal error={order.error} />}
      <Button type="submit" className="text-lg" disabled={best === undefined} busy={order.isPending && texts.order.submitting}>
        {stations.length === 1 && best !== undefined ? `${texts.order.submit} · ${best.name}, ${texts.minutes(best.minutes)}` : texts.order.submit}
      </Button>
      <p className="text-sm text-muted">{cups.length < menu.max_cups ? texts.order.more : texts.order.full(menu.max_cups)}</p>
    </form>
  );
}
