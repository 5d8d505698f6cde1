import type { Entry, Machine, MachineType } from "@livefloor/api/laundry";
import { Button, buttonClass, Confirm, Countdown, Notice, toast } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useAct, useList, useMachine, useQueuedAct, useViewer } from "../../model/hooks.ts";
import { machineKey } from "../../model/machines.ts";
import { timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import { passTurn } from "./api.ts";

/** "Your turn": shown while a machine is kept for this person from the list of this type. */
export function TurnCard({ type }: { readonly type: MachineType }) {
  const items = useList(type)?.items ?? [];
  const { userId } = useViewer(60_000);
  const entry = items.find(({ user_id, status }) => user_id === userId && status === "called");
  const machine = useMachine(machineKey({ machine_type: type, machine_id: entry?.machine_id ?? 0 }));
  if (entry?.machine_id == null || entry.claim_expires_at === null) return null;
  return <CalledCard type={type} entry={entry} number={entry.machine_id} until={entry.claim_expires_at} machine={machine} />;
}

interface CalledCardProps {
  readonly type: MachineType;
  readonly entry: Entry;
  readonly number: number;
  readonly until: string;
  readonly machine: Machine | undefined;
}

function CalledCard({ type, number, until, machine }: CalledCardProps) {
  const { offline } = useViewer(60_000);
  const [asking, setAsking] = useState(false);
  const name = texts.machine(type, number);
  const time = timeText(until);
  const isLoaded = machine?.status === "completed";
  const pass = useAct(passTurn, () => toast(texts.turn.passed, "good"));
  const stopAsking = (): void => setAsking(false);
  const left = (): void => {
    stopAsking();
    toast(texts.list.left, "good");
  };
  const leave = useQueuedAct("leave", left, stopAsking);
  const failure = pass.error ?? leave.error;

  return (
    <section aria-label={texts.turn.title} className="rounded-3xl bg-turn p-4 text-on-turn shadow-card">
      <div className="flex items-start justify-between gap-3">
        <div>
          <h2 className="text-lg font-bold">{texts.turn.title}</h2>
          <p className="mt-0.5 text-sm">{isLoaded ? texts.turn.loadToMove(name, time) : texts.turn.kept(name, time)}</p>
        </div>
        <p className="text-right">
          <span className="block text-xs">{texts.turn.left}</span>
          <Countdown until={until} className="text-3xl leading-none font-bold" />
        </p>
      </div>
      {failure && (
        <div className="mt-3">
          <Notice tone="danger" role="alert">
            {failure.message}
          </Notice>
        </div>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        <Link
          to="/m/$type/$number"
          params={{ type, number: String(number) }}
          className={buttonClass("inverse", "flex-1 basis-full")}
        >
          {isLoaded ? texts.turn.makeRoom(name) : texts.turn.start(name)}
        </Link>
        <Button
          look="inverse-quiet"
          className="flex-1"
          disabled={offline}
          busy={pass.isPending && texts.turn.passing}
          onClick={() => pass.mutate(type)}
        >
          {texts.turn.pass}
        </Button>
        <Button look="inverse-quiet" className="flex-1" disabled={offline} onClick={() => setAsking(true)}>
          {texts.turn.leave}
        </Button>
      </div>
      {asking && (
        <Confirm title={texts.turn.leaveTitle} text={texts.turn.leaveText} closeLabel={texts.close} onClose={() => setAsking(false)}>
          <Button look="danger" busy={leave.isPending && texts.list.leaving} onClick={() => leave.mutate({ machine_type: type })}>
            {texts.turn.yesLeave}
          </Button>
          <Button look="quiet" onClick={() => setAsking(false)}>
            {texts.turn.stay}
          </Button>
        </Confirm>
      )}
    </section>
  );
}
