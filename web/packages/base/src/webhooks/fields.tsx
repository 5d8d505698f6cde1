import { Check, Choices, Field, Notice } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";

import { ALL, KEY, type WebhookCalls } from "./calls.ts";
import { webhookTexts as texts } from "./texts.ts";

/** What is typed of a webhook. */
export interface Typed {
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
}

type Wrong = Readonly<Record<string, string | undefined>>;

/** What is not right yet, before it is sent. */
export function wrongIn({ url, events }: Typed): Readonly<Record<string, string>> {
  return { ...(/^https?:\/\/\S+$/.test(url.trim()) ? {} : { url: texts.wrong.url }), ...(events.length === 0 ? { events: texts.wrong.events } : {}) };
}

interface WebhookFieldsProps {
  readonly calls: Pick<WebhookCalls, "events">;
  readonly typed: Typed;
  readonly errors: Wrong;
  readonly set: (change: Partial<Typed>) => void;
}

export function WebhookFields({ calls, typed, errors, set }: WebhookFieldsProps) {
  return (
    <>
      <Field
        label={texts.url}
        hint={texts.urlHint}
        error={errors.url}
        type="url"
        inputMode="url"
        maxLength={2000}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="https://"
        value={typed.url}
        onChange={(event) => set({ url: event.target.value })}
      />
      <Field label={texts.description} error={errors.description} maxLength={200} autoComplete="off" value={typed.description} onChange={(event) => set({ description: event.target.value })} />
      <EventsField calls={calls} chosen={typed.events} error={errors.events} onChange={(events) => set({ events })} />
    </>
  );
}

interface EventsFieldProps {
  readonly calls: Pick<WebhookCalls, "events">;
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (events: readonly string[]) => void;
}

/** All events, or some of those that the system tells, by their first words. */
function EventsField({ calls, chosen, error, onChange }: EventsFieldProps) {
  const names = useQuery({ queryKey: [...KEY, "events"], queryFn: calls.events }).data ?? [];
  const isAll = chosen.includes(ALL);
  const scopes = [
    { value: "all", label: texts.scopes.all },
    { value: "some", label: texts.scopes.some },
  ] as const;
  const toggle = (name: string, on: boolean): void => {
    // A whole group holds its members.
    const others = chosen.filter((other) => other !== name && !(on && other.startsWith(`${name}.`)));
    onChange(on ? [...others, name].sort() : others);
  };
  return (
    <div className="flex flex-col gap-3">
      <Choices legend={texts.choose} choices={scopes} value={isAll ? "all" : "some"} onChange={(scope) => onChange(scope === "all" ? [ALL] : [])} />
      {error !== undefined && (
        <Notice tone="danger" role="alert">
          {error}
        </Notice>
      )}
      {!isAll && groupsOf(names, chosen).map(([group, members]) => <Group key={group} group={group} members={members} chosen={chosen} toggle={toggle} />)}
    </div>
  );
}

interface GroupProps {
  readonly group: string;
  readonly members: readonly string[];
  readonly chosen: readonly string[];
  readonly toggle: (name: string, on: boolean) => void;
}

function Group({ group, members, chosen, toggle }: GroupProps) {
  const isWhole = group !== "" && chosen.includes(group);
  const count = isWhole ? members.length : members.filter((name) => chosen.includes(name)).length;
  return (
    <details className="rounded-2xl border border-line px-4 py-1">
      <summary className="min-h-12 cursor-pointer py-3 font-semibold">
        {group === "" ? texts.others : group} <span className="text-sm font-normal text-muted">{texts.count(count, members.length)}</span>
      </summary>
      <div className="flex flex-col gap-2 pb-3">
        {group !== "" && <Check label={texts.whole(group)} checked={isWhole} onChange={(event) => toggle(group, event.target.checked)} />}
        {!isWhole && members.map((name) => <Check key={name} label={name} checked={chosen.includes(name)} onChange={(event) => toggle(name, event.target.checked)} />)}
      </div>
    </details>
  );
}

/** Events by the word before the dot; those without one come last. One that was chosen and is told no more stays to be taken out. */
function groupsOf(names: readonly string[], chosen: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  const words = new Set(names.filter((name) => name.includes(".")).map((name) => name.split(".")[0]));
  for (const name of new Set([...names, ...chosen.filter((one) => !words.has(one))])) {
    const group = name.includes(".") ? (name.split(".")[0] ?? "") : "";
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups].sort(([one], [other]) => Number(one === "") - Number(other === "") || one.localeCompare(other));
}
