import { body, Problem } from "@livefloor/api";
import type { GroupPlaced, NewGroup } from "@livefloor/api/coffee";
import { keyed, useAct } from "@livefloor/base";
import { momentAt } from "@livefloor/base/wall";
import { Button, Choices, Field, Notice, TextArea } from "@livefloor/ui";
import { useDeferredValue, useState, type SyntheticEvent } from "react";

import { useZone } from "../../model/hooks.ts";
import { api, clock } from "../../model/services.ts";
import { texts } from "../../texts/group/index.ts";
import { parseList, type Known } from "./parse.ts";
import { askGroups } from "./queries.ts";
import { LineCheck } from "./line-check.tsx";

const { form: words } = texts;
const MOST = 60;

interface GroupFormProps {
  readonly known: Known;
  readonly onPlaced: (placed: GroupPlaced) => void;
}

/** A new group: a list that was pasted, read line by line, or one that guests join with its code. */
export function GroupForm({ known, onPlaced }: GroupFormProps) {
  const [mode, setMode] = useState<NewGroup["mode"]>("list");
  const [value, setValue] = useState({ name: "", contact: "", phone: "", pickup: "", closes: "", most: "20", lines: "" });
  const [isTried, setTried] = useState(false);
  const zone = useZone();
  const set = (field: keyof typeof value) => (event: { readonly target: { readonly value: string } }) => setValue((now) => ({ ...now, [field]: event.target.value }));
  const parsed = parseList(useDeferredValue(value.lines), known);
  const create = useAct(
    (group: NewGroup, key) => body(api.http.POST("/api/group-orders/", { body: group, ...keyed(key) })),
    (placed) => {
      askGroups();
      onPlaced(placed);
    },
  );
  const problem = create.error instanceof Problem ? create.error : null;
  const fields = problem?.fields ?? {};
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    const lines = parseList(value.lines, known);
    const cups = lines.flatMap(({ cup }) => (cup === null ? [] : [cup]));
    const isList = mode === "list";
    const isUnfit = isList && (cups.length === 0 || cups.length < lines.length || cups.length > MOST);
    if (value.name.trim() === "" || value.contact.trim() === "" || isUnfit || create.isPending) return;
    create.mutate({
      group_name: value.name.trim(),
      contact_name: value.contact.trim(),
      mode,
      pickup_at: momentAt(value.pickup, clock.now(), zone),
      ...(value.phone.trim() === "" ? {} : { contact_phone: value.phone.trim() }),
      ...(isList ? { orders: cups } : { closes_at: momentAt(value.closes, clock.now(), zone), max_orders: Number(value.most) }),
    });
  };
  const needs = (text: string): string | null => (isTried && text.trim() === "" ? words.needsName : null);
  const linesError = isTried && parsed.length === 0 ? words.needsLines : parsed.length > MOST ? words.tooMany : null;
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4 shadow-card">
      <Choices
        legend={words.mode}
        layout="bar"
        value={mode}
        onChange={setMode}
        choices={[
          { value: "list", label: words.list },
          { value: "open", label: words.open },
        ]}
      />
      <div className="grid gap-4 md:grid-cols-2">
        <Field label={words.name} maxLength={60} value={value.name} error={needs(value.name) ?? fields.group_name} onChange={set("name")} />
        <Field label={words.contact} maxLength={24} value={value.contact} error={needs(value.contact) ?? fields.contact_name} onChange={set("contact")} />
        <Field label={words.phone} hint={words.phoneHint} type="tel" maxLength={40} value={value.phone} error={problem?.code === "bad_phone" ? problem.message : fields.contact_phone} onChange={set("phone")} />
        <Field label={words.pickup} hint={words.pickupHint} type="time" value={value.pickup} error={problem?.code === "pickup_too_soon" ? problem.message : fields.pickup_at} onChange={set("pickup")} />
        {mode === "open" && (
          <>
            <Field label={words.closes} hint={words.closesHint} type="time" value={value.closes} error={"closes_at" in fields ? words.badTime : null} onChange={set("closes")} />
            <Field label={words.most} type="number" inputMode="numeric" min={1} max={MOST} value={value.most} error={fields.max_orders} onChange={set("most")} />
          </>
        )}
      </div>
      {mode === "list" && (
        <>
          <TextArea label={words.lines} hint={words.linesHint} rows={8} placeholder={words.linesPlaceholder} spellCheck={false} value={value.lines} error={linesError} onChange={set("lines")} />
          {parsed.length > 0 && <LineCheck parsed={parsed} known={known} refused={fields} />}
        </>
      )}
      {create.error !== null && (
        <Notice tone="danger" role="alert">
          <p>{create.error.message}</p>
          {problem?.code === "out_of_stock" && <Missing details={problem.details} />}
        </Notice>
      )}
      <Button type="submit" className="md:self-start" busy={create.isPending && words.submitting}>
        {mode === "list" ? words.submit : words.begin}
      </Button>
    </form>
  );
}

/** What there is too little of for the whole list. */
function Missing({ details }: { readonly details: Problem["details"] }) {
  const missing = (details.missing ?? []) as readonly { readonly code: string; readonly needed: number; readonly available: number; readonly station_id: number }[];
  return (
    <ul className="mt-1 list-disc pl-5">
      {missing.map(({ code, needed, available, station_id }) => (
        <li key={`${station_id} ${code}`}>{words.missing(code, needed, available)}</li>
      ))}
    </ul>
  );
}
