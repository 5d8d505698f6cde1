import { Button, EmptyState, PlusIcon } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { AddStation } from "../features/station-admin/add-station.tsx";
import { choicesQuery } from "../features/station-admin/api.ts";
import { ChoicesForm } from "../features/station-admin/choices-form.tsx";
import { DeleteStation } from "../features/station-admin/delete-station.tsx";
import { StationForm } from "../features/station-admin/station-form.tsx";
import { StationList } from "../features/station-admin/station-list.tsx";
import { StatusPanel } from "../features/station-admin/status-panel.tsx";
import { menuQuery, stationsQuery, useFrames, useMilks } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { queries } from "../model/services.ts";
import { texts } from "../texts/settings/index.ts";
import { SettingsFrame } from "./settings-frame.tsx";

const QUEUES_MS = 15_000;

/** The stations, live; how many cups wait changes too often to ask each time. */
function useStations() {
  useFrames(["barista_checked_in", "barista_checked_out"], () => void queries.invalidateQueries({ queryKey: stationsQuery.queryKey }));
  useFrames(["settings_updated"], () => void queries.invalidateQueries({ queryKey: ["settings", "station"] }));
  return useQuery({ ...stationsQuery, refetchInterval: QUEUES_MS });
}

export function StationsSettingsPage() {
  const query = useStations();
  const [isAdding, setAdding] = useState(false);
  return (
    <SettingsFrame title={texts.stations.title} intro={texts.stations.intro}>
      <div className="flex flex-col gap-4">
        <Button className="self-start" onClick={() => setAdding(true)}>
          <PlusIcon className="size-5" />
          {texts.stations.add}
        </Button>
        <Loaded query={query}>{(stations) => <StationList stations={stations} />}</Loaded>
      </div>
      {isAdding && <AddStation onClose={() => setAdding(false)} />}
    </SettingsFrame>
  );
}

export function StationSettingsPage() {
  const id = Number(useParams({ strict: false }).id);
  const query = useStations();
  const station = query.data?.find((one) => one.id === id);
  return (
    <SettingsFrame title={station?.name ?? texts.stations.title} up={{ to: "/settings/stations", text: texts.stations.title }}>
      <Loaded query={query}>
        {() =>
          station === undefined ? (
            <EmptyState>{texts.stations.gone}</EmptyState>
          ) : (
            <div className="flex flex-col gap-6">
              {station.kind === "service" && <StatusPanel station={station} />}
              <section className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4">
                <h2 className="text-lg font-bold">{texts.stations.about}</h2>
                <StationForm station={station} />
              </section>
              {station.kind === "service" && <Choices id={id} />}
              <Delete id={id} name={station.name} />
            </div>
          )
        }
      </Loaded>
    </SettingsFrame>
  );
}

function Choices({ id }: { readonly id: number }) {
  const query = useQuery(choicesQuery(id));
  const menu = useQuery(menuQuery);
  const milks = useMilks();
  return (
    <section className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4">
      <h2 className="text-lg font-bold">{texts.stationChoices.title}</h2>
      <p className="-mt-3 text-muted">{texts.stationChoices.text}</p>
      <Loaded query={query}>{(choices) => <ChoicesForm choices={choices} drinks={menu.data?.items ?? []} milks={milks} />}</Loaded>
    </section>
  );
}

function Delete({ id, name }: { readonly id: number; readonly name: string }) {
  const navigate = useNavigate();
  return <DeleteStation id={id} name={name} onGone={() => void navigate({ to: "/settings/stations" })} />;
}
