import { body, Problem } from "@livefloor/api";
import type { GuestCup, PublicMenu } from "@livefloor/api/coffee";
import { keyed, useAct } from "@livefloor/base";
import { Button, Field, Refusal } from "@livefloor/ui";
import { useRef, useState, type SyntheticEvent } from "react";

import { cupText } from "../../model/guest-cup.ts";
import { api } from "../../model/guest.ts";
import { texts } from "../../texts/guest/index.ts";

interface JoinFormProps {
  readonly code: string;
  readonly menu: PublicMenu;
  readonly cup: GuestCup;
  readonly onEdit: () => void;
  readonly onJoined: (name: string, drink: string) => void;
  /** Somebody else took the last place, or something ran out. */
  readonly onRefused: () => void;
}

/** The drink that was chosen, and whose it is. */
export function JoinForm({ code, menu, cup, onEdit, onJoined, onRefused }: JoinFormProps) {
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [isNameless, setNameless] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const said = cupText(cup, menu);
  const join = useAct(
    (wanted: GuestCup & { readonly name: string; readonly phone?: string }, key) =>
      body(api.http.POST("/api/group-orders/{code}/orders", { params: { path: { code } }, body: wanted, ...keyed(key) })),
    () => onJoined(name.trim(), said),
  );
  const problem = join.error instanceof Problem ? join.error : null;
  const phoneError = problem?.code === "bad_phone" ? problem.message : problem?.fields.phone;
  const nameError = isNameless ? texts.order.needsName : problem?.fields.name;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setNameless(name.trim() === "");
    if (name.trim() === "") nameField.current?.focus();
    if (name.trim() === "" || join.isPending) return;
    join.mutate({ ...cup, name: name.trim(), ...(phone.trim() === "" ? {} : { phone: phone.trim() }) }, { onError: onRefused });
  };
  return (
    <form noValidate onSubmit={submit} aria-labelledby="mine" className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4 shadow-card">
      <div>
        <h2 id="mine" className="text-lg font-bold">
          {texts.group.mine}
        </h2>
        <button type="button" aria-label={texts.order.edit(said)} onClick={onEdit} className="min-h-12 w-full rounded-lg text-left font-semibold text-brand underline underline-offset-4">
          {said}
        </button>
      </div>
      <Field ref={nameField} label={texts.group.name} autoComplete="given-name" maxLength={24} value={name} error={nameError} onChange={(event) => setName(event.target.value)} />
      <Field label={texts.order.phone} hint={texts.order.phoneHint} type="tel" autoComplete="tel" maxLength={40} value={phone} error={phoneError} onChange={(event) => setPhone(event.target.value)} />
      {phoneError === undefined && problem?.fields.name === undefined && <Refusal error={join.error} />}
      <Button type="submit" className="text-lg" busy={join.isPending && texts.group.submitting}>
        {texts.group.submit}
      </Button>
    </form>
  );
}
