import type { ComponentPropsWithRef } from "react";

import { cx } from "./cx.ts";

export type ButtonLook = "primary" | "soft" | "quiet" | "danger" | "inverse" | "inverse-quiet";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-brand text-on-brand hover:bg-brand-strong",
  soft: "bg-brand-soft text-brand-strong hover:opacity-85",
  quiet: "border border-edge text-ink hover:bg-off-soft",
  danger: "border border-danger text-danger hover:bg-danger-soft",
  inverse: "bg-on-turn text-on-white hover:opacity-90",
  "inverse-quiet": "border border-on-turn/60 text-on-turn hover:bg-turn-strong",
};

const SHAPE =
  "inline-flex min-h-12 items-center justify-center gap-2 rounded-2xl px-5 py-2 text-center text-base leading-tight font-semibold transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55";

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = "primary", className?: string): string {
  return cx(SHAPE, LOOKS[look], className);
}

export interface ButtonProps extends ComponentPropsWithRef<"button"> {
  readonly look?: ButtonLook;
  /** The word to show while the act is under way; the button then takes no second tap. */
  readonly busy?: string | false | undefined;
}

export function Button({ look = "primary", busy, className, children, type = "button", onClick, ...rest }: ButtonProps) {
  const isBusy = typeof busy === "string";
  return (
    <button
      type={type}
      className={buttonClass(look, className)}
      // Not `disabled` while busy: the browser takes the focus from a button that is.
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {isBusy ? busy : children}
    </button>
  );
}

export interface IconButtonProps extends ComponentPropsWithRef<"button"> {
  readonly label: string;
}

export function IconButton({ label, className, type = "button", ...rest }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={cx("relative inline-flex size-12 shrink-0 items-center justify-center rounded-2xl text-ink hover:bg-off-soft", className)}
      {...rest}
    />
  );
}
