import type { ComponentPropsWithRef, ReactNode } from "react";

import { cx } from "./cx.ts";

export interface TileProps extends Omit<ComponentPropsWithRef<"button">, "title"> {
  /** The whole state in one phrase: the accessible name. */
  readonly name: string;
  readonly icon: ReactNode;
  readonly title: ReactNode;
  /** Colour of the title; the word itself says the state. */
  readonly titleClass?: string;
  readonly lines: readonly ReactNode[];
  /** A corner mark, as "2 reports". */
  readonly mark?: ReactNode;
  readonly emphasised?: boolean;
  readonly dimmed?: boolean;
}

/** One thing of a live board: a picture, a word, and the figures that matter. */
export function Tile({ name, icon, title, titleClass, lines, mark, emphasised = false, dimmed = false, className, type = "button", ...rest }: TileProps) {
  return (
    <button
      type={type}
      aria-label={name}
      className={cx(
        "flex min-h-21 w-full items-center gap-2.5 rounded-tile border bg-card p-2.5 text-left shadow-card transition-[border-color,box-shadow] hover:border-edge",
        emphasised ? "border-brand ring-1 ring-brand" : "border-line",
        dimmed && "grayscale",
        className,
      )}
      {...rest}
    >
      <span className={cx("flex", dimmed && "opacity-60")}>{icon}</span>
      <span className="min-w-0 flex-1">
        <span className={cx("block text-[0.95rem] leading-tight font-bold", titleClass)}>{title}</span>
        {lines.map((line, index) => (
          <span key={index} className="mt-0.5 block text-[0.8125rem] leading-tight text-muted">
            {line}
          </span>
        ))}
        {mark}
      </span>
    </button>
  );
}
