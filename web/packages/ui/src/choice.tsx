import { useId, type ReactNode } from "react";

import { cx } from "./cx.ts";

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** What stands at the far end of the row. */
  readonly aside?: ReactNode;
  readonly icon?: ReactNode;
}

export interface ChoicesProps<Value extends string> {
  readonly legend: ReactNode;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value | null;
  /** `rows` are full lines, `bar` is a short row of segments, `wrap` is one that takes more lines where it has to. */
  readonly layout?: "rows" | "bar" | "wrap";
  readonly onChange: (value: Value) => void;
}

/** One of a few, as large targets. Real radio buttons: arrows move, space picks. */
export function Choices<Value extends string>({ legend, choices, value, layout = "rows", onChange }: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-semibold">{legend}</legend>
      <div className={layout === "rows" ? "flex flex-col gap-2" : cx("flex gap-1 rounded-2xl bg-off-soft p-1", layout === "wrap" && "flex-wrap")}>
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={cx(
              "flex min-h-12 items-center gap-3 has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand",
              layout === "rows"
                ? "rounded-2xl border border-line px-4 py-2 has-checked:border-brand has-checked:bg-brand-soft"
                : cx("justify-center rounded-xl px-2 text-sm font-semibold has-checked:bg-raised has-checked:shadow-card", layout === "bar" ? "flex-1" : "flex-auto"),
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              className={layout === "rows" ? "size-5 accent-brand outline-none" : "sr-only"}
            />
            {choice.icon}
            <span className={layout === "rows" ? "flex-1 font-semibold" : undefined}>{choice.label}</span>
            {choice.aside !== undefined && <span className="text-sm text-muted">{choice.aside}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
