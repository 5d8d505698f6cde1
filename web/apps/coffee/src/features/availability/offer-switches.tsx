import { body, newKey } from "@livefloor/api";
import type { StationOffers } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { Button, Refusal, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";

import { offersQuery, stationsQuery, useAct } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { api, queries } from "../../model/services.ts";
import { texts as saving } from "../../texts/saving/index.ts";
import { texts } from "../../texts/settings/index.ts";

/** What is taken off the menu by hand: one drink, one milk, or one option. */
export type Target = { readonly menu_item: string } | { readonly milk: string } | { readonly option: string };

interface Change {
  readonly target: Target;
  readonly station_id: number;
  readonly available: boolean;
}

async function setOffer(change: Change, key: string): Promise<Change> {
  const { target, ...said } = change;
  await body(api.http.POST("/api/menu/availability", { body: { ...target, ...said, reason: "" }, ...keyed(key) }));
  await queries.invalidateQueries({ queryKey: offersQuery.queryKey });
  return change;
}

type State = "on" | "off" | "out_of_stock" | "not_served" | "no_drink";

/** By hand only where nothing else of it is left: what is out of one size may still be made in another. */
function stateOf({ offers, options_off }: StationOffers, target: Target): State {
  if ("option" in target) return options_off.includes(target.option) ? "off" : "on";
  const own = offers.filter(({ menu_item, milk }) => ("milk" in target ? milk === target.milk : menu_item === target.menu_item));
  if (own.length === 0) return "no_drink";
  if (own.some(({ ok }) => ok)) return "on";
  const reasons = new Set(own.map(({ reason }) => reason));
  if (reasons.has("off") && !reasons.has("out_of_stock")) return "off";
  return reasons.has("out_of_stock") ? "out_of_stock" : "not_served";
}

/** Station by station, whether it can be ordered, and a way to take it off or put it back (rule 33). */
export function OfferSwitches({ target, name }: { readonly target: Target; readonly name: string }) {
  const offers = useQuery(offersQuery);
  const stations = useQuery(stationsQuery).data ?? [];
  const { availability } = texts;
  const put = useAct(setOffer, (change) => {
    const station = stations.find(({ id }) => id === change.station_id)?.name ?? "";
    const undo = (): void => void setOffer({ ...change, available: !change.available }, newKey()).catch((error: unknown) => toast(error instanceof Error ? error.message : String(error), "bad"));
    toast(change.available ? availability.back(name, station) : availability.taken(name, station), "good", { label: texts.undoAct, onAct: undo });
  });
  const mutate = (station_id: number, available: boolean): void => put.mutate({ target, station_id, available });
  return (
    <section className="rounded-tile border border-line bg-card p-4">
      <h2 className="text-lg font-bold">{availability.title}</h2>
      <p className="mb-3 text-muted">{availability.text}</p>
      <Refusal error={put.error} />
      <Loaded query={offers}>
        {(found) => (
          <ul className="flex flex-col divide-y divide-line">
            {found.map((at) => {
              const { station_id } = at;
              const state = stateOf(at, target);
              const station = stations.find(({ id }) => id === station_id)?.name ?? String(station_id);
              return (
                <li key={station_id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
                  <span className="min-w-0 flex-1">
                    <b>{station}</b>
                    <span className="block text-sm text-muted">{availability.states[state]}</span>
                  </span>
                  {(state === "on" || state === "out_of_stock") && (
                    <Button look="quiet" aria-label={`${availability.take}: ${name}, ${station}`} busy={put.isPending && put.variables.station_id === station_id && saving.saving} onClick={() => mutate(station_id, false)}>
                      {availability.take}
                    </Button>
                  )}
                  {state === "off" && (
                    <Button aria-label={`${availability.putBack}: ${name}, ${station}`} busy={put.isPending && put.variables.station_id === station_id && saving.saving} onClick={() => mutate(station_id, true)}>
                      {availability.putBack}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
