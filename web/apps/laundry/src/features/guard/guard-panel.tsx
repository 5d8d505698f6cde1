import { Button, Choices, EmptyState, Notice, Refusal, Table, toast, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { timeText, whenText } from "../../model/times.ts";
import { texts } from "../../texts/admin/index.ts";
import { guardQuery, setGuardMode, unlockAccount, type Guard } from "./api.ts";

/** How much guessing goes on, who is held up by it, and the switch of guard mode. */
export function GuardPanel() {
  const query = useQuery(guardQuery);
  return (
    <Loaded query={query}>
      {(guard) => (
        <div className="flex flex-col gap-8">
          <Figures guard={guard} />
          <Mode guard={guard} />
          <Locked guard={guard} />
          <Blocked guard={guard} />
        </div>
      )}
    </Loaded>
  );
}

function Figures({ guard: { failures_last_hour, locked_accounts, blocked_addresses } }: { readonly guard: Guard }) {
  const { guard } = texts;
  const figures = [
    [guard.failures, failures_last_hour],
    [guard.locked, locked_accounts],
    [guard.blocked, blocked_addresses.length],
  ] as const;
  return (
    <dl className="grid gap-3 sm:grid-cols-3">
      {figures.map(([label, figure]) => (
        <div key={label} className="flex flex-col-reverse rounded-tile border border-line bg-card p-4">
          <dt className="text-sm text-muted">{label}</dt>
          <dd className="text-3xl font-bold">{figure}</dd>
        </div>
      ))}
    </dl>
  );
}

function Mode({ guard: { mode, active, active_until } }: { readonly guard: Guard }) {
  const [picked, setPicked] = useState<Guard["mode"] | null>(null);
  const { guard } = texts;
  const save = useAct(setGuardMode, () => {
    setPicked(null);
    toast(guard.applied, "good");
  });
  const shown = picked ?? mode;
  const choice = (value: Guard["mode"]) => ({ value, label: guard.modes[value] });
  return (
    <section className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4 md:p-5">
      <Notice tone={active ? "held" : "info"}>
        {guard.state[active ? "on" : "off"]} {active && mode === "auto" && active_until !== null && guard.until(timeText(active_until))}
      </Notice>
      <div className="md:max-w-md">
        <Choices legend={guard.mode} layout="bar" value={shown} onChange={setPicked} choices={[choice("auto"), choice("on"), choice("off")]} />
        <p className="mt-2 text-sm text-muted">{guard.modeHints[shown]}</p>
      </div>
      <Refusal error={save.error} />
      <Button className="self-start" disabled={picked === null || picked === mode} busy={save.isPending && texts.saving} onClick={() => picked !== null && save.mutate(picked)}>
        {guard.apply}
      </Button>
    </section>
  );
}

function Locked({ guard: { locked, locked_accounts } }: { readonly guard: Guard }) {
  const { guard } = texts;
  const others = locked_accounts - locked.length;
  return (
    <section>
      <h2 className="mb-3 text-lg font-bold">{guard.lockedList}</h2>
      {locked.length === 0 ? (
        <EmptyState>{guard.lockedNone}</EmptyState>
      ) : (
        <Table
          caption={guard.lockedList}
          rows={locked}
          rowKey={({ user_id }) => user_id}
          columns={[
            { key: "name", head: guard.name, cell: ({ display_name }) => <span className="font-semibold">{display_name}</span> },
            { key: "id", head: guard.id, cell: ({ student_id }) => student_id ?? texts.none },
            { key: "act", head: guard.act, align: "right", cell: (account) => <Unlock account={account} /> },
          ]}
        />
      )}
      {others > 0 && <p className="mt-2 text-sm text-muted">{guard.lockedOther(others)}</p>}
    </section>
  );
}

function Unlock({ account: { user_id, display_name } }: { readonly account: Guard["locked"][number] }) {
  const { guard } = texts;
  const unlock = useAct(unlockAccount, () => toast(guard.unlocked(display_name), "good"));
  return (
    <>
      <Button look="quiet" aria-label={guard.unlockOf(display_name)} busy={unlock.isPending && guard.unlocking} onClick={() => unlock.mutate(user_id)}>
        {guard.unlock}
      </Button>
      {unlock.error && (
        <span role="alert" className="mt-1 block text-danger">
          {unlock.error.message}
        </span>
      )}
    </>
  );
}

function Blocked({ guard: { blocked_addresses } }: { readonly guard: Guard }) {
  const now = useNow(60_000);
  const { guard } = texts;
  return (
    <section>
      <h2 className="mb-3 text-lg font-bold">{guard.blockedList}</h2>
      {blocked_addresses.length === 0 ? (
        <EmptyState>{guard.blockedNone}</EmptyState>
      ) : (
        <Table
          caption={guard.blockedList}
          rows={blocked_addresses}
          rowKey={({ ip_prefix }) => ip_prefix}
          columns={[
            { key: "address", head: guard.address, cell: ({ ip_prefix }) => <code>{ip_prefix}</code> },
            { key: "until", head: guard.blockedUntil, cell: ({ until }) => whenText(until, now) },
          ]}
        />
      )}
    </section>
  );
}
