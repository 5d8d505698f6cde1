import { Choices, Field } from "@livefloor/ui";

import { texts } from "../../texts/crew/index.ts";

const { order: words } = texts;

/** As soon as possible, or at a time by the clock of the event. */
export function WhenField({ time, error, onChange }: { readonly time: string | null; readonly error: string | null | undefined; readonly onChange: (time: string | null) => void }) {
  return (
    <div className="flex flex-col gap-2">
      <Choices
        legend={words.when}
        layout="bar"
        value={time === null ? "now" : "later"}
        onChange={(value) => onChange(value === "now" ? null : (time ?? ""))}
        choices={[
          { value: "now", label: words.now },
          { value: "later", label: words.later },
        ]}
      />
      {time !== null && <Field label={words.time} hint={words.timeHint} type="time" value={time} error={error} onChange={(event) => onChange(event.target.value)} />}
    </div>
  );
}
