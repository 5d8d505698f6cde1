import { Choices, Field } from "@livefloor/ui";
import { useState } from "react";

import { texts } from "../../texts/desk/index.ts";
import type { Span } from "./api.ts";
import { lastDays, lengthOf, LONGEST } from "./spans.ts";

const { insights } = texts;
const PRESETS = ["7", "28", "90"] as const;
export type Preset = (typeof PRESETS)[number] | "custom";

interface SpanPickerProps {
  readonly today: string;
  readonly span: Span;
  readonly onPick: (span: Span) => void;
}

/** Which days to count: the usual ones with one tap, or any. */
export function SpanPicker({ today, span, onPick }: SpanPickerProps) {
  const [preset, setPreset] = useState<Preset>("28");
  const [typed, setTyped] = useState(span);
  const days = lengthOf(typed);
  const error = days < 1 ? insights.wrongOrder : days > LONGEST ? insights.tooLong : undefined;

  const pick = (next: Preset): void => {
    setPreset(next);
    if (next === "custom") return setTyped(span);
    onPick(lastDays(Number(next), today));
  };
  const type = (next: Span): void => {
    setTyped(next);
    const length = lengthOf(next);
    if (length >= 1 && length <= LONGEST) onPick(next);
  };

  return (
    <div className="flex w-full flex-col gap-3 md:max-w-lg">
      <Choices
        legend={insights.range}
        layout="bar"
        value={preset}
        onChange={pick}
        choices={[...PRESETS.map((value) => ({ value, label: insights.days(Number(value)) })), { value: "custom" as const, label: insights.custom }]}
      />
      {preset === "custom" && (
        <div className="grid grid-cols-2 gap-3">
          <Field type="date" label={insights.from} error={error} max={today} value={typed.from} onChange={(event) => type({ ...typed, from: event.target.value })} />
          <Field type="date" label={insights.to} max={today} value={typed.to} onChange={(event) => type({ ...typed, to: event.target.value })} />
        </div>
      )}
    </div>
  );
}
