import { useAnnouncedCountdowns, type Watched } from "@livefloor/ui";
import { useMemo } from "react";

import { useMachines, useSession } from "../model/hooks.ts";
import { isHeldFor, isOwn } from "../model/machines.ts";
import { texts } from "../texts/index.ts";

/** Says the own countdowns at 5, 1 and 0 minutes, whatever page is open. */
export function CountdownVoice() {
  const machines = useMachines();
  const userId = useSession()?.user.id ?? "";
  const watched = useMemo(
    () =>
      machines.flatMap((machine): Watched[] => {
        const name = texts.machine(machine.machine_type, machine.machine_id);
        if (isOwn(machine, userId) && machine.status === "in_use" && machine.ends_at !== null) {
          return [{ key: `${machine.id} ${machine.ends_at}`, until: machine.ends_at, text: (minutes) => texts.countdown(name, minutes) }];
        }
        if (machine.hold !== null && isHeldFor(machine, userId)) {
          return [{ key: `${machine.id} hold`, until: machine.hold.expires_at, text: (minutes) => texts.turnCountdown(name, minutes) }];
        }
        return [];
      }),
    [machines, userId],
  );
  useAnnouncedCountdowns(watched);
  return null;
}
