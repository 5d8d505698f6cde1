import type { Machine } from "@livefloor/api/laundry";
import { Countdown, Porthole, Tile, type PortholeLook } from "@livefloor/ui";
import { useNavigate } from "@tanstack/react-router";

import { useViewer } from "../../model/hooks.ts";
import { isHeldFor, isOwn, lookOf, progressOf } from "../../model/machines.ts";
import { texts } from "../../texts/index.ts";
import { describe } from "./describe.ts";

const STEP_MS = 5_000;

const TITLES: Partial<Record<PortholeLook, string>> = {
  free: "text-free",
  yours: "text-brand-strong",
  held: "text-held",
  done: "text-done",
  late: "text-done",
  unknown: "text-muted",
  off: "text-muted",
};

/** One machine of the board. */
export function MachineTile({ machine }: { readonly machine: Machine }) {
  const navigate = useNavigate();
  const viewer = useViewer(STEP_MS);
  const { word, lines, until, phrase } = describe(machine, viewer);
  const name = texts.machine(machine.machine_type, machine.machine_id);
  const look = lookOf(machine, viewer);
  const own = isOwn(machine, viewer.userId);
  return (
    <Tile
      name={`${name}, ${phrase}`}
      icon={<Porthole number={machine.machine_id} look={look} progress={progressOf(machine, viewer.now)} className="size-13 max-[359px]:size-10" />}
      title={word}
      titleClass={TITLES[look] ?? "text-ink"}
      emphasised={own || isHeldFor(machine, viewer.userId)}
      dimmed={viewer.offline}
      lines={[
        ...(own ? [<strong className="font-bold text-brand-strong">{texts.tile.yours}</strong>] : []),
        ...(until === null ? [] : [<Countdown until={until} className="text-base font-semibold text-ink" />]),
        ...lines,
        ...(machine.report_count > 0 && machine.status !== "disabled" ? [<Reports count={machine.report_count} />] : []),
      ]}
      onClick={() =>
        void navigate({ to: "/m/$type/$number", params: { type: machine.machine_type, number: String(machine.machine_id) }, resetScroll: false })
      }
    />
  );
}

function Reports({ count }: { readonly count: number }) {
  return <span className="inline-block rounded-md bg-done-soft px-1.5 py-0.5 text-xs font-semibold text-done">{texts.tile.reports(count)}</span>;
}
