import { body, Problem } from "@livefloor/api";
import type { TicketPage } from "@livefloor/api/coffee";
import { keyed, useAct } from "@livefloor/base";
import { Button, Field, Refusal } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { api, queries } from "../../model/guest.ts";
import { isOpen } from "../../model/ticket.ts";
import { ticketQuery } from "../../model/ticket-line.ts";
import { texts } from "../../texts/guest/index.ts";

const { ticket: words } = texts;

/** Whether and where a text goes when the order is ready. */
export function ReadyText({ token, ticket }: { readonly token: string; readonly ticket: TicketPage }) {
  const { phone_masked: phone, ready_sms_state: state } = ticket;
  if (phone === null) return isOpen(ticket) ? <PhoneForm token={token} /> : null;
  if (state === "suppressed" || state === "failed") return <p className="text-muted">{words.phoneSuppressed}</p>;
  if (state === "sent") return <p className="text-muted">{words.phoneSent(phone)}</p>;
  return isOpen(ticket) ? <p className="text-muted">{words.phoneKnown(phone)}</p> : null;
}

function PhoneForm({ token }: { readonly token: string }) {
  const [phone, setPhone] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const add = useAct(
    (to: string, key) => body(api.http.POST("/api/public/orders/{token}/phone", { params: { path: { token } }, body: { phone: to }, ...keyed(key) })),
    (page) => queries.setQueryData(ticketQuery(token).queryKey, page),
  );
  const isAtField = add.error instanceof Problem && (add.error.code === "bad_phone" || "phone" in add.error.fields);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setEmpty(phone.trim() === "");
    if (phone.trim() !== "" && !add.isPending) add.mutate(phone.trim());
  };
  return (
    <details className="rounded-2xl border border-line bg-card px-4 open:pb-4">
      <summary className="flex min-h-12 cursor-pointer items-center gap-2 font-bold before:content-['+'] in-open:before:content-['–']">{words.phone}</summary>
      <form noValidate onSubmit={submit} className="flex flex-col gap-3">
        <Field
          label={words.phoneLabel}
          hint={words.phoneHint}
          type="tel"
          autoComplete="tel"
          maxLength={40}
          value={phone}
          error={isEmpty ? words.needsPhone : isAtField ? add.error?.message : null}
          onChange={(event) => setPhone(event.target.value)}
        />
        {!isAtField && <Refusal error={add.error} />}
        <Button type="submit" busy={add.isPending && words.phoneSaving}>
          {words.phoneSubmit}
        </Button>
      </form>
    </details>
  );
}
