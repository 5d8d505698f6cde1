import { body } from "@livefloor/api";
import type { TicketCup } from "@livefloor/api/coffee";
import { keyed, useAct } from "@livefloor/base";
import { Button, cx, Field, Notice } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { api, queries } from "../../model/guest.ts";
import { isRateable } from "../../model/ticket.ts";
import { ticketQuery } from "../../model/ticket-line.ts";
import { texts } from "../../texts/guest/index.ts";

const { ticket: words } = texts;
const STARS = [1, 2, 3, 4, 5];

interface RatingProps {
  readonly token: string;
  readonly cup: TicketCup;
  readonly now: number;
}

/** How a cup was, once it is made. */
export function Rating({ token, cup, now }: RatingProps) {
  const [stars, setStars] = useState<number | null>(null);
  const [comment, setComment] = useState("");
  const [isTried, setTried] = useState(false);
  const rate = useAct(
    (given: { readonly rating: number; readonly comment: string }, key) =>
      body(api.http.POST("/api/public/orders/{token}/feedback", { params: { path: { token } }, body: { order_id: cup.id, ...given }, ...keyed(key) })),
    ({ rating }) =>
      queries.setQueryData(ticketQuery(token).queryKey, (page) => page && { ...page, cups: page.cups.map((one) => (one.id === cup.id ? { ...one, rating } : one)) }),
  );
  if (cup.rating !== null) {
    return (
      <p className="mt-2 border-t border-line pt-2 text-sm text-muted">
        <span aria-hidden="true">{"★".repeat(cup.rating)} </span>
        <span className="sr-only">{words.stars(cup.rating)}. </span>
        {words.rated}
      </p>
    );
  }
  if (!isRateable(cup, now)) return null;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (stars !== null && !rate.isPending) rate.mutate({ rating: stars, comment: comment.trim() });
  };
  return (
    <form noValidate onSubmit={submit} className="mt-2 flex flex-col gap-3 border-t border-line pt-2">
      <fieldset>
        <legend className="font-semibold">{words.rate(cup.drink_name)}</legend>
        <div className="-ml-2 flex">
          {STARS.map((count) => (
            <label key={count} className="flex size-12 items-center justify-center rounded-2xl text-3xl has-focus-visible:outline-3 has-focus-visible:outline-brand">
              <input type="radio" name={`stars-${cup.id}`} className="sr-only" aria-label={words.stars(count)} checked={stars === count} onChange={() => setStars(count)} />
              <span aria-hidden="true" className={cx(stars !== null && count <= stars ? "text-brand" : "text-edge")}>
                {stars !== null && count <= stars ? "★" : "☆"}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {stars !== null && (
        <Field label={words.comment} hint={words.commentHint} maxLength={280} value={comment} onChange={(event) => setComment(event.target.value)} />
      )}
      {(rate.error !== null || (isTried && stars === null)) && (
        <Notice tone="danger" role="alert">
          {rate.error?.message ?? words.needsStars}
        </Notice>
      )}
      <Button type="submit" look="soft" busy={rate.isPending && words.rating}>
        {words.rateSubmit}
      </Button>
    </form>
  );
}
