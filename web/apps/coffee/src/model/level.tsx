import { cx } from "@livefloor/ui";

import type { Stock } from "./services.ts";

export type Level = Stock["status"];

const SHAPES: Record<Level, string> = { ok: "●", low: "▲", critical: "◆", out: "✕" };
const LOOKS: Record<Level, string> = { ok: "text-free", low: "bg-held-soft text-held", critical: "bg-done-soft text-done", out: "bg-danger-soft text-danger" };

/** How an item is off: a shape, a word and a colour, always the three together. */
export function LevelMark({ level, word }: { readonly level: Level; readonly word: string }) {
  return (
    <span className={cx("inline-flex items-center gap-1.5 rounded-md px-1.5 font-bold whitespace-nowrap", LOOKS[level])}>
      <span aria-hidden="true">{SHAPES[level]}</span>
      {word}
    </span>
  );
}
