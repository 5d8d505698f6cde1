import { body, Problem } from "@livefloor/api";
import { keyed } from "@livefloor/base";
import { Button, Check, Choices, Field, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useIsOffline } from "../../model/hooks.ts";
import { api, clock, type Head } from "../../model/services.ts";
import { texts } from "../../texts/crew/index.ts";
import { texts as common } from "../../texts/index.ts";

const { state: words } = texts;
const MINUTE_MS = 60_000;
const PAUSES = ["", "10", "20", "30"];
/** What the server refuses at first, and does when it is told to. */
const FORCED: Readonly<Record<string, "force" | "move">> = { last_open_station: "force", queue_not_empty: "move" };

type Status = keyof typeof words.states;

interface Wanted {
  readonly station: number;
  readonly status: Status;
  readonly reason: string;
  readonly minutes: string;
  readonly moves: boolean;
  readonly force: boolean;
}

function setState({ station, status, reason, minutes, moves, force }: Wanted, key: string) {
  const until = status === "paused" && minutes !== "" ? { until: new Date(clock.now() + Number(minutes) * MINUTE_MS).toISOString() } : {};
  const said = reason.trim() === "" ? {} : { reason: reason.trim() };
  return body(
    api.http.POST("/api/stations/{station_id}/status", {
      params: { path: { station_id: station } },
      body: { status, force, ...until, ...said, ...(status === "open" ? {} : { queue: moves ? "move" : "keep" }) },
      ...keyed(key),
    }),
  );
}

/** Open a station, pause it, say that it is out of order, or close it. */
export function StateSheet({ head, onClose }: { readonly head: Head; readonly onClose: () => void }) {
  const [status, setStatus] = useState<Status>(head.status === "open" ? "paused" : "open");
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState("");
  const [moves, setMoves] = useState(false);
  const isOffline = useIsOffline();
  const act = useAct(setState, ({ moved, stranded }) => {
    toast(words.done(head.name, moved.length), "good");
    if (stranded.length > 0) toast(words.stranded(stranded.length), "bad");
    onClose();
  });
  const problem = act.error instanceof Problem ? act.error : null;
  const forced = problem === null ? undefined : FORCED[problem.code];
  const wanted = { station: head.id, status, reason, minutes, moves: status === "offline" || moves, force: false };
  return (
    <Sheet title={words.title(head.name)} description={common.stations[head.status as "open"]} closeLabel={common.close} onClose={onClose}>
      <form
        noValidate
        className="flex flex-col gap-4 pt-1"
        onSubmit={(event) => {
          event.preventDefault();
          if (!act.isPending && !isOffline) act.mutate(wanted);
        }}
      >
        <Choices legend={words.now} value={status} onChange={setStatus} choices={(Object.keys(words.states) as Status[]).filter((one) => one !== head.status).map((value) => ({ value, label: words.states[value] }))} />
        <p className="text-muted">{words.hints[status]}</p>
        {status === "paused" && <Choices legend={words.until} layout="bar" value={minutes} onChange={setMinutes} choices={PAUSES.map((value) => ({ value, label: value === "" ? words.never : words.minutes(Number(value)) }))} />}
        {(status === "paused" || status === "closed") && <Check label={words.moveCups} checked={moves} onChange={(event) => setMoves(event.target.checked)} />}
        {status !== "open" && <Field label={words.reason} maxLength={120} value={reason} error={problem?.fields.reason} onChange={(event) => setReason(event.target.value)} />}
        <Refusal error={problem} />
        <Button type="submit" disabled={isOffline} busy={act.isPending && words.saving}>
          {isOffline ? texts.offline : words.save}
        </Button>
        {forced !== undefined && (
          <Button look="danger" onClick={() => act.mutate({ ...wanted, ...(forced === "force" ? { force: true } : { moves: true }) })}>
            {forced === "force" ? words.force : words.moveCups}
          </Button>
        )}
      </form>
    </Sheet>
  );
}
