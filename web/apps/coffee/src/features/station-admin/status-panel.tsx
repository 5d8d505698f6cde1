import { Problem } from "@livefloor/api";
import type { StationPage } from "@livefloor/api/coffee";
import { Button, Choices, Confirm, Field, Notice, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import { clock } from "../../model/services.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { setStatus, type Status } from "./api.ts";
import { numberWrong } from "./numbers.ts";
import { stateOf } from "./state.ts";

const OTHERS: readonly Status[] = ["open", "paused", "offline", "closed"];

/** What state the station is in, and the ways to another one. */
export function StatusPanel({ station }: { readonly station: StationPage }) {
  const [next, setNext] = useState<Status | null>(null);
  const { status } = texts.stations;
  return (
    <section aria-labelledby="state" className="rounded-tile border border-line bg-card p-4">
      <h2 id="state" className="text-lg font-bold">
        {status.title}
      </h2>
      <p className="mt-1 text-xl font-extrabold">{stateOf(station)}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {OTHERS.filter((one) => one !== station.status).map((one) => (
          <Button key={one} look={one === "open" ? "primary" : "quiet"} onClick={() => setNext(one)}>
            {status.acts[one]}
          </Button>
        ))}
      </div>
      {next !== null && <StatusSheet station={station} next={next} onClose={() => setNext(null)} />}
    </section>
  );
}

interface StatusSheetProps {
  readonly station: StationPage;
  readonly next: Status;
  readonly onClose: () => void;
}

function StatusSheet({ station, next, onClose }: StatusSheetProps) {
  const { status } = texts.stations;
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState("");
  const [queue, setQueue] = useState<"keep" | "move">(next === "offline" || next === "closed" ? "move" : "keep");
  const change = useAct(setStatus, ({ moved, stranded }) => {
    toast(status.done(station.name, common.stations[next], moved.length, stranded.length), stranded.length > 0 ? "bad" : "good");
    onClose();
  });
  const problem = change.error instanceof Problem ? change.error : null;
  const isLast = problem?.code === "last_open_station";
  const minutesWrong = minutes.trim() === "" ? null : numberWrong(minutes, [1, 720]);
  const hasQueue = next !== "open" && station.queue_length > 0;
  const send = (force: boolean): void =>
    change.mutate({
      id: station.id,
      status: next,
      force,
      ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
      ...(next === "paused" && minutes.trim() !== "" ? { until: new Date(clock.now() + Number(minutes) * 60_000).toISOString() } : {}),
      ...(hasQueue && next !== "paused" ? { queue } : {}),
    });
  return (
    <Confirm title={status.sheet[next](station.name)} text={status.effect[next]} closeLabel={common.close} onClose={onClose}>
      {next !== "open" && <Field label={status.reason} hint={status.reasonHint} maxLength={120} value={reason} autoComplete="off" onChange={(event) => setReason(event.target.value)} />}
      {next === "paused" && <Field label={status.minutes} hint={status.minutesHint} error={minutesWrong} inputMode="numeric" value={minutes} onChange={(event) => setMinutes(event.target.value)} />}
      {hasQueue && next !== "paused" && (
        <Choices
          legend={status.queue(station.queue_length)}
          value={queue}
          onChange={setQueue}
          choices={[
            { value: "move", label: status.move },
            { value: "keep", label: status.keep },
          ]}
        />
      )}
      {problem !== null && (
        <Notice tone={isLast ? "held" : "danger"} role="alert">
          {isLast ? status.last : problem.message}
        </Notice>
      )}
      <Button look={next === "open" ? "primary" : "danger"} busy={change.isPending && status.changing} disabled={minutesWrong !== null} onClick={() => send(isLast)}>
        {isLast ? status.allTheSame : status.acts[next]}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {common.cancel}
      </Button>
    </Confirm>
  );
}
