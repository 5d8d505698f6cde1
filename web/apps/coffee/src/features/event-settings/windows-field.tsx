import { Button, Field, IconButton, PlusIcon, TrashIcon } from "@livefloor/ui";
import { useId } from "react";

import { texts } from "../../texts/settings/index.ts";
import type { Window } from "./fields.ts";

interface WindowsFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly error: string | undefined;
  readonly windows: readonly Window[];
  readonly most: number;
  readonly onChange: (windows: readonly Window[]) => void;
}

/** Hours of the day, from and to, as many as there may be. */
export function WindowsField({ name, label, hint, error, windows, most, onChange }: WindowsFieldProps) {
  const note = useId();
  const { hours } = texts.event;
  const put = (place: number, change: Partial<Window>): void => onChange(windows.map((one, at) => (at === place ? { ...one, ...change } : one)));
  return (
    <fieldset name={name} aria-describedby={note} className="min-w-0 md:col-span-2">
      <legend className="mb-1.5 text-sm font-semibold">{label}</legend>
      <div className="flex flex-col gap-2">
        {windows.map(({ start, end }, place) => (
          <div key={place} className="flex flex-wrap items-end gap-2">
            <Field label={hours.from} type="time" className="min-w-32 flex-1" value={start} onChange={(event) => put(place, { start: event.target.value })} />
            <Field label={hours.to} type="time" className="min-w-32 flex-1" value={end} onChange={(event) => put(place, { end: event.target.value })} />
            <IconButton label={hours.remove(start, end)} onClick={() => onChange(windows.filter((_, at) => at !== place))}>
              <TrashIcon />
            </IconButton>
          </div>
        ))}
        {windows.length < most && (
          <Button look="soft" className="self-start" onClick={() => onChange([...windows, { start: "", end: "" }])}>
            <PlusIcon className="size-5" />
            {hours.add}
          </Button>
        )}
      </div>
      <p id={note} className={error === undefined ? "mt-1.5 text-sm text-muted" : "mt-1.5 text-sm text-danger"}>
        {error ?? hint}
      </p>
    </fieldset>
  );
}
