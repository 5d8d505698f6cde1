import { cx, useNow } from "@livefloor/ui";

import { whenText } from "../times.ts";
import { isTaken, type Delivery, type Webhook } from "./calls.ts";
import { webhookTexts as texts } from "./texts.ts";

type State = keyof typeof texts.states;

const TONES: Record<State, string> = {
  active: "bg-free-soft text-free",
  waiting: "bg-held-soft text-held",
  paused: "bg-off-soft text-ink",
  gone: "bg-danger-soft text-danger",
  failing: "bg-danger-soft text-danger",
};

function stateOf({ enabled, reason, tries, next_try_at }: Webhook): State {
  if (enabled) return tries > 0 && next_try_at !== null ? "waiting" : "active";
  return reason === "gone" || reason === "failing" ? reason : "paused";
}

/** Whether it is sent to, and if not, why. */
export function StateLine({ webhook }: { readonly webhook: Webhook }) {
  const now = useNow(60_000);
  const state = stateOf(webhook);
  const why = state === "active" ? "" : state === "waiting" ? texts.why.waiting(webhook.tries, whenText(webhook.next_try_at ?? now, now)) : texts.why[state];
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <span className={cx("rounded-lg px-2 py-0.5 font-bold", TONES[state])}>{texts.states[state]}</span>
      {why !== "" && <span className="text-muted">{why}</span>}
      {state === "waiting" && webhook.error !== null && <span className="font-mono text-xs wrap-anywhere">{webhook.error}</span>}
    </p>
  );
}

/** The status that a try was answered with, or that there was no answer. */
export function Outcome({ delivery }: { readonly delivery: Delivery }) {
  return <span className={cx("rounded-lg px-2 py-0.5 text-sm font-bold", isTaken(delivery) ? "bg-free-soft text-free" : "bg-danger-soft text-danger")}>{delivery.status ?? texts.noAnswer}</span>;
}

/** When it was sent to last, what it said, and how much of the log it has not had. */
export function Facts({ webhook: { last, behind } }: { readonly webhook: Webhook }) {
  const now = useNow(60_000);
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <dt className="text-muted">{texts.last}</dt>
        <dd className="flex flex-wrap items-center gap-2">
          {last === null ? (
            texts.noLast
          ) : (
            <>
              <time dateTime={last.at}>{whenText(last.at, now)}</time> {last.name} <Outcome delivery={last} />
            </>
          )}
        </dd>
      </div>
      <div className="flex items-center gap-2">
        <dt className="text-muted">{texts.behind}</dt>
        <dd>{behind === 0 ? texts.upToDate : texts.entries(behind)}</dd>
      </div>
    </dl>
  );
}
