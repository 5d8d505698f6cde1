import { useState } from "react";

import { useFrames, useSession } from "../../model/hooks.ts";
import { texts } from "../../texts/desk/index.ts";
import type { Fault } from "./api.ts";

interface Handled {
  readonly id: string;
  readonly handled_by: string | null;
}

/** Who handled which report, as far as the live frames told: the list itself only knows the account. */
export function useHandlers(): (fault: Fault) => string {
  const me = useSession()?.user.id;
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  useFrames(["fault_updated"], (frame) => {
    const { id, handled_by } = frame.data as Handled;
    if (handled_by !== null) setNames((known) => ({ ...known, [id]: handled_by }));
  });
  return (fault) => (fault.handled_by === me ? texts.faults.you : (names[fault.id] ?? texts.faults.colleague));
}
