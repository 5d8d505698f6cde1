import { cx } from "./cx.ts";

export interface SuggestionsProps {
  /** What they are suggestions for. */
  readonly label: string;
  readonly texts: readonly string[];
  readonly value: string;
  readonly onPick: (text: string) => void;
}

/** Texts that are given often, each taken over with one tap. */
export function Suggestions({ label, texts, value, onPick }: SuggestionsProps) {
  return (
    <div role="group" aria-label={label} className="flex flex-wrap gap-2">
      {texts.map((text) => (
        <button
          key={text}
          type="button"
          aria-pressed={value === text}
          onClick={() => onPick(text)}
          className={cx("min-h-11 rounded-2xl border px-3 text-left text-sm font-medium", value === text ? "border-brand bg-brand-soft text-brand-strong" : "border-edge hover:bg-off-soft")}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
