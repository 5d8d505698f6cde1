import type { MilkColor } from "@livefloor/api/coffee";
import { cx } from "@livefloor/ui";
import type { CSSProperties } from "react";

export type Milk = Pick<MilkColor, "code" | "letter" | "color" | "text_color"> & { readonly pattern: string };

/** A quiet pattern over the milk's colour: it tells milks apart without the colour (rule 21). */
function patternOf({ pattern, color, text_color }: Milk): CSSProperties {
  const ink = `color-mix(in srgb, ${text_color} 34%, ${color})`;
  switch (pattern) {
    case "stripe":
      return { backgroundImage: `repeating-linear-gradient(135deg, ${ink} 0 3px, transparent 3px 10px)` };
    case "dot":
      return { backgroundImage: `radial-gradient(${ink} 2.5px, transparent 3px)`, backgroundSize: "10px 10px" };
    case "ring":
      return { backgroundImage: `radial-gradient(circle, transparent 3px, ${ink} 3.5px 5px, transparent 5.5px)`, backgroundSize: "14px 14px" };
    case "check":
      return { backgroundImage: `repeating-conic-gradient(${ink} 0 25%, transparent 0 50%)`, backgroundSize: "12px 12px" };
    default:
      return {};
  }
}

/** Colour, pattern and letter of a milk, always the three together. `name` is said where the drink does not say it. */
export function MilkMark({ milk, className, name }: { readonly milk: Milk; readonly className?: string; readonly name?: string }) {
  return (
    <span
      style={{ backgroundColor: milk.color, color: milk.text_color, ...patternOf(milk) }}
      className={cx("flex shrink-0 items-center justify-center font-extrabold", className)}
    >
      <span aria-hidden="true" style={{ backgroundColor: milk.color }} className="rounded-md px-1 leading-tight">
        {milk.letter}
      </span>
      {name !== undefined && <span className="sr-only">{name}</span>}
    </span>
  );
}
