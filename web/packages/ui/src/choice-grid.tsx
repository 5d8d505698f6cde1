import type { ReactNode } from "react";

import { cx } from "./cx.ts";
import { Labelled } from "./labelled.tsx";

export interface ChoiceTile {
  readonly key: string;
  readonly label: string;
  /** What is said below the label. */
  readonly note?: string | undefined;
  readonly icon?: ReactNode;
  /** Why it cannot be had here; the tile is then grey. */
  readonly out?: string | undefined;
}

export interface ChoiceGridProps {
  readonly legend: string;
  readonly tiles: readonly ChoiceTile[];
  readonly value: string | null;
  readonly className?: string;
  readonly onPick: (key: string) => void;
}

/** One of a few, each a tile that a wet finger finds. */
export function ChoiceGrid({ legend, tiles, value, className = "grid-cols-2 sm:grid-cols-3 xl:grid-cols-4", onPick }: ChoiceGridProps) {
  return (
    <fieldset>
      <legend className="mb-2 text-base font-bold">{legend}</legend>
      <div className={cx("grid gap-2", className)}>
        {tiles.map(({ key, label, note, icon, out }) => (
          <button
            key={key}
            type="button"
            aria-pressed={value === key}
            disabled={out !== undefined}
            onClick={() => onPick(key)}
            className={cx(
              "flex min-h-14 items-center gap-2 overflow-hidden rounded-2xl border-2 bg-card pr-3 text-left text-base leading-tight font-semibold disabled:cursor-not-allowed disabled:bg-off-soft disabled:text-muted",
              icon === undefined && "pl-3",
              value === key ? "border-brand bg-brand-soft text-brand-strong" : "border-line",
            )}
          >
            {icon}
            <Labelled label={label} note={out ?? note} />
          </button>
        ))}
      </div>
    </fieldset>
  );
}
