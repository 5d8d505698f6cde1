import { body, done, Problem } from "@livefloor/api";
import { keyed } from "@livefloor/base";
import { whenText } from "@livefloor/base/times";
import { Button, type Column, Confirm, EmptyState, ErrorState, Field, Notice, Refusal, Select, Skeleton, Table, useNow } from "@livefloor/ui";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { stationsQuery, useAct, useFrames } from "../../model/hooks.ts";
import { api } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";

const LIST = ["devices"];

async function load() {
  return (await body(api.http.GET("/api/display/devices", { params: { query: { limit: 100 } } }))).items.filter(({ revoked_at }) => revoked_at === null);
}

type Device = Awaited<ReturnType<typeof load>>[number];

async function add(input: { name: string; station_id: number | null }, key: string) {
  return body(api.http.POST("/api/display/devices", { body: input, ...keyed(key) }));
}

/** The boards that may show names to guests: a code for a new one, and the way to make one dark. */
export function DeviceList() {
  const queries = useQueryClient();
  const devices = useQuery({ queryKey: LIST, queryFn: load });
  const stations = useQuery(stationsQuery).data?.filter(({ kind }) => kind === "service") ?? [];
  const [asked, setAsked] = useState<Device | null>(null);
  const now = useNow(60_000);
  const again = (): void => void queries.invalidateQueries({ queryKey: LIST });
  useFrames(["display_updated"], again);
  const stationName = (id: number | null): string => (id === null ? texts.devices.all : (stations.find((one) => one.id === id)?.name ?? String(id)));
  const columns: readonly Column<Device>[] = [
    { key: "name", head: texts.devices.name, cell: ({ name }) => <b>{name}</b> },
    { key: "station", head: texts.devices.station, cell: ({ station_id }) => stationName(station_id) },
    { key: "state", head: texts.devices.seen, cell: ({ paired_at, last_seen_at }) => stateOf(paired_at, last_seen_at, now) },
    {
      key: "acts",
      head: "",
      align: "right",
      cell: (device) => (
        <Button look="danger" aria-label={`${texts.devices.revoke}: ${device.name}`} onClick={() => setAsked(device)}>
          {texts.devices.revoke}
        </Button>
      ),
    },
  ];
  return (
    <div className="flex flex-col gap-6">
      <AddForm stations={stations} onAdded={again} />
      {devices.data === undefined && devices.error === null && <Skeleton className="h-32" />}
      {devices.data === undefined && devices.error !== null && (
        <ErrorState
          title={texts.failure.title}
          detail={devices.error.message}
          retryLabel={texts.failure.retry}
          busyLabel={texts.failure.retrying}
          busy={devices.isFetching}
          onRetry={() => void devices.refetch()}
        />
      )}
      {devices.data?.length === 0 && <EmptyState>{texts.devices.none}</EmptyState>}
      {devices.data !== undefined && devices.data.length > 0 && <Table caption={texts.devices.title} columns={columns} rows={devices.data} rowKey={({ id }) => id} />}
      {asked !== null && (
        <Revoke
          device={asked}
          onClose={() => {
            setAsked(null);
            again();
          }}
        />
      )}
    </div>
  );
}

function stateOf(pairedAt: string | null, seenAt: string | null, now: number): string {
  if (pairedAt === null) return texts.devices.waiting;
  return seenAt === null ? texts.devices.paired(whenText(pairedAt, now)) : whenText(seenAt, now);
}

function AddForm({ stations, onAdded }: { readonly stations: readonly { readonly id: number; readonly name: string }[]; readonly onAdded: () => void }) {
  const [name, setName] = useState("");
  const [station, setStation] = useState("");
  const [isMissing, setIsMissing] = useState(false);
  const adding = useAct(add, () => {
    setName("");
    onAdded();
  });
  const problem = adding.error instanceof Problem ? adding.error : null;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setIsMissing(name.trim() === "");
    if (name.trim() !== "" && !adding.isPending) adding.mutate({ name: name.trim(), station_id: station === "" ? null : Number(station) });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={texts.devices.name} maxLength={40} value={name} error={isMissing ? texts.devices.needsName : problem?.fields.name} onChange={(event) => setName(event.target.value)} />
        <Select label={texts.devices.station} value={station} onChange={(event) => setStation(event.target.value)}>
          <option value="">{texts.devices.all}</option>
          {stations.map(({ id, name: label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      {problem !== null && Object.keys(problem.fields).length === 0 && <Refusal error={problem} />}
      <Button type="submit" className="self-start" busy={adding.isPending && texts.devices.adding}>
        {texts.devices.add}
      </Button>
      {adding.data !== undefined && (
        <Notice tone="free" role="status">
          <p className="text-2xl font-extrabold">{texts.devices.code(adding.data.pair_code, adding.data.name)}</p>
          <p>{texts.devices.codeHint}</p>
        </Notice>
      )}
    </form>
  );
}

function Revoke({ device, onClose }: { readonly device: Device; readonly onClose: () => void }) {
  const revoke = useAct(async (id: string) => done(api.http.DELETE("/api/display/devices/{device_id}", { params: { path: { device_id: id } } })), onClose);
  return (
    <Confirm title={texts.devices.revokeTitle(device.name)} text={texts.devices.revokeText} closeLabel={texts.close} onClose={onClose}>
      <Refusal error={revoke.error} />
      <Button look="danger" busy={revoke.isPending && texts.devices.revoking} onClick={() => revoke.mutate(device.id)}>
        {texts.devices.revoke}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {texts.devices.keep}
      </Button>
    </Confirm>
  );
}
