import { done } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";

import { keyed, reloadLists } from "../../model/acts.ts";
import { api } from "../../model/services.ts";

export async function passTurn(type: MachineType, key: string): Promise<void> {
  await done(api.http.POST("/api/v1/waitlist/pass", { body: { machine_type: type }, ...keyed(key) }));
  reloadLists();
}
