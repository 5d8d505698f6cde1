import { Button, Confirm, EmptyState, Notice, Skeleton, toast, useNow } from "@livefloor/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useFrames, useViewer } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { queries } from "../../model/services.ts";
import { whenText } from "../../model/times.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import { endSessions, loadSessions, PROFILE_KEY, SESSIONS_KEY, type Profile, type SignedInOn } from "./api.ts";
import { deviceName } from "./device-name.ts";

const { profile: words } = texts;

function nameOf(userAgent: string): string {
  const { browser, system } = deviceName(userAgent);
  return words.device(browser, system);
}

/** Where this person is signed in; ends each of them, or all but this one. */
export function Sessions() {
  const query = useQuery({ queryKey: SESSIONS_KEY, queryFn: loadSessions, refetchOnMount: "always" });
  const { userId } = useViewer(60_000);
  useFrames(["activity_logged"], ({ data }) => {
    const line = data as { user_id: string | null; activity_type: string };
    if (line.user_id !== userId || !["signed_in", "pin_changed", "profile_updated"].includes(line.activity_type)) return;
    void queries.invalidateQueries({ queryKey: SESSIONS_KEY });
    void queries.invalidateQueries({ queryKey: PROFILE_KEY });
  });
  return (
    <section className="mt-8">
      <h2 className="mb-2 text-lg font-bold">{words.sessions}</h2>
      <Loaded query={query} skeleton={<Skeleton className="h-32" />}>
        {({ items }) => (
          <>
            <ul className="divide-y divide-line rounded-2xl border border-line bg-card">
              {items.map((session) => (
                <SessionRow key={session.id} session={session} />
              ))}
            </ul>
            <EndOthers others={items.filter(({ current }) => !current)} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function SessionRow({ session }: { readonly session: SignedInOn }) {
  const now = useNow(60_000);
  const device = nameOf(session.user_agent);
  const end = useMutation({ mutationFn: endSessions, onSuccess: () => toast(words.signedOut(device), "good") });
  return (
    <li className="px-4 py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1 text-sm">
          <p className="font-semibold">{device}</p>
          <p className="text-muted">
            {words.address(session.ip_prefix)} · {session.current ? words.since(whenText(session.created_at, now)) : words.lastUsed(whenText(session.last_used_at, now))}
          </p>
        </div>
        {session.current ? (
          <span className="rounded-md bg-free-soft px-2 py-0.5 text-xs font-bold text-free">{words.thisOne}</span>
        ) : (
          <Button look="quiet" className="px-4 text-sm" aria-label={words.signOutOf(device)} busy={end.isPending && words.signingOut} onClick={() => end.mutate([session.id])}>
            {words.signOut}
          </Button>
        )}
      </div>
      <Failure error={end.error} />
    </li>
  );
}

function EndOthers({ others }: { readonly others: readonly SignedInOn[] }) {
  const [asking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  const end = useMutation({
    mutationFn: endSessions,
    onSuccess: () => {
      close();
      toast(words.signedOutOthers, "good");
    },
  });
  if (others.length === 0) return <p className="mt-2 text-sm text-muted">{words.onlyThis}</p>;
  return (
    <>
      <Button look="soft" className="mt-3 w-full" onClick={() => setAsking(true)}>
        {words.signOutOthers}
      </Button>
      {asking && (
        <Confirm title={words.othersTitle} text={words.othersText} closeLabel={shared.close} onClose={close}>
          <Failure error={end.error} />
          <Button look="danger" busy={end.isPending && words.signingOut} onClick={() => end.mutate(others.map(({ id }) => id))}>
            {words.signOutOthers}
          </Button>
          <Button look="quiet" onClick={close}>
            {words.cancel}
          </Button>
        </Confirm>
      )}
    </>
  );
}

function Failure({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <Notice tone="danger" role="alert">
      {error.message}
    </Notice>
  );
}

/** The devices that were signed in from before. */
export function Devices({ devices }: { readonly devices: Profile["devices"] }) {
  const now = useNow(60_000);
  return (
    <section className="mt-8">
      <h2 className="text-lg font-bold">{words.devices}</h2>
      <p className="mb-2 text-sm text-muted">{words.devicesHint}</p>
      {devices.length === 0 ? (
        <EmptyState>{words.noDevices}</EmptyState>
      ) : (
        <ul className="divide-y divide-line rounded-2xl border border-line bg-card text-sm">
          {devices.map((device) => (
            <li key={device.id} className="px-4 py-3">
              <p className="font-semibold">{nameOf(device.label)}</p>
              <p className="text-muted">{words.lastUsed(whenText(device.last_used_at, now))}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
