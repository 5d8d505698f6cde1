import { Problem } from "@livefloor/api";
import { momentOf } from "@livefloor/base/times";
import { Button, Field, Refusal, Select, Sheet, toast } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import type { Occasion } from "../../model/occasion.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/lead/index.ts";
import { addOccasion } from "./api.ts";

const { events: words } = texts;
const ZONES = Intl.supportedValuesOf("timeZone");

const isZone = (zone: string): boolean => {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

type Typed = Record<"name" | "venue" | "timezone" | "starts_at" | "ends_at" | "code" | "copy_from", string>;
type Wrong = Partial<Record<keyof Typed, string>>;

function check({ name, timezone, starts_at, ends_at, code }: Typed): Wrong {
  return {
    ...(name.trim() === "" ? { name: words.needsName } : {}),
    ...(isZone(timezone) ? {} : { timezone: words.zoneError }),
    ...(starts_at === "" ? { starts_at: words.needsTime } : {}),
    ...(ends_at === "" ? { ends_at: words.needsTime } : starts_at !== "" && ends_at <= starts_at ? { ends_at: words.endsBefore } : {}),
    ...(code.trim() === "" || /^[a-z0-9]{4,12}$/i.test(code.trim()) ? {} : { code: words.codeError }),
  };
}

function refused(error: Error | null): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) return {};
  return error.code === "code_taken" ? { code: words.codeTaken } : error.fields;
}

/** A draft of an event; with the settings of another one if wanted. */
export function AddOccasion({ occasions, onClose }: { readonly occasions: readonly Occasion[]; readonly onClose: () => void }) {
  const last = occasions.find(({ status }) => status === "active") ?? occasions[0];
  const [typed, setTyped] = useState<Typed>({
    name: "",
    venue: "",
    timezone: last?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    starts_at: "",
    ends_at: "",
    code: "",
    copy_from: last?.id ?? "",
  });
  const [isTried, setTried] = useState(false);
  const add = useAct(addOccasion, ({ name }) => {
    toast(words.made(name), "good");
    onClose();
  });
  const wrong = check(typed);
  const said = refused(add.error);
  const errors: Readonly<Record<string, string | undefined>> = { ...said, ...(isTried ? wrong : {}) };
  const field = (name: keyof Typed) => ({
    value: typed[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => {
      setTyped({ ...typed, [name]: event.target.value });
      if (add.isError) add.reset();
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0 || add.isPending) return;
    const { code, copy_from, starts_at, ends_at, timezone, name, venue } = typed;
    add.mutate({
      name: name.trim(),
      venue: venue.trim(),
      timezone,
      starts_at: momentOf(starts_at, timezone),
      ends_at: momentOf(ends_at, timezone),
      ...(code.trim() === "" ? {} : { code: code.trim() }),
      ...(copy_from === "" ? {} : { copy_from }),
    });
  };
  return (
    <Sheet title={words.add} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={words.name} maxLength={80} autoComplete="off" {...field("name")} />
        <Field label={words.venue} maxLength={80} autoComplete="off" {...field("venue")} />
        <Field label={words.starts} type="datetime-local" {...field("starts_at")} />
        <Field label={words.ends} type="datetime-local" {...field("ends_at")} />
        <Field label={words.zone} hint={words.zoneHint} list="zones" autoComplete="off" spellCheck={false} {...field("timezone")} />
        <datalist id="zones">
          {ZONES.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Field label={words.code} hint={words.codeHint} maxLength={12} autoComplete="off" autoCapitalize="characters" spellCheck={false} {...field("code")} />
        <Select label={words.copy} {...field("copy_from")}>
          <option value="">{words.noCopy}</option>
          {occasions.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        {Object.keys(said).length === 0 && <Refusal error={add.error} />}
        <Button type="submit" busy={add.isPending && words.adding}>
          {words.add}
        </Button>
      </form>
    </Sheet>
  );
}
