import { useId, type ComponentPropsWithRef, type ReactNode } from "react";

import { cx } from "./cx.ts";

export interface FieldProps extends ComponentPropsWithRef<"input"> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
}

/** A labelled input with its hint and its error. */
export function Field({ label, hint, error, className, ...rest }: FieldProps) {
  const id = useId();
  const hasNote = Boolean(error) || hint !== undefined;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={hasNote ? `${id}-note` : undefined}
        className={cx(
          "block min-h-13 w-full rounded-2xl border bg-raised px-4 text-lg text-ink placeholder:text-muted",
          error ? "border-danger" : "border-edge",
        )}
        {...rest}
      />
      {hasNote && (
        <p id={`${id}-note`} className={cx("mt-1.5 text-sm", error ? "text-danger" : "text-muted")}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
