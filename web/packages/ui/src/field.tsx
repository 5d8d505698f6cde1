import { useId, type ComponentPropsWithRef, type ReactNode } from "react";

import { cx } from "./cx.ts";

interface Labelled {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
}

interface Described {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

const BOX = "block min-h-13 w-full rounded-2xl border bg-raised px-4 text-lg text-ink placeholder:text-muted";
const box = (error: string | null | undefined): string => cx(BOX, error ? "border-danger" : "border-edge");

/** Label above, hint or error below, and both known to the control. */
function Frame({ label, hint, error, className, children }: Labelled & { readonly className?: string | undefined; readonly children: (described: Described) => ReactNode }) {
  const id = useId();
  const hasNote = Boolean(error) || hint !== undefined;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold">
        {label}
      </label>
      {children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": hasNote ? `${id}-note` : undefined })}
      {hasNote && (
        <p id={`${id}-note`} className={cx("mt-1.5 text-sm", error ? "text-danger" : "text-muted")}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export type FieldProps = Labelled & ComponentPropsWithRef<"input">;

/** A labelled input with its hint and its error. */
export function Field({ label, hint, error, className, ...rest }: FieldProps) {
  return (
    <Frame label={label} hint={hint} error={error} className={className}>
      {(described) => <input className={box(error)} {...described} {...rest} />}
    </Frame>
  );
}

export type TextAreaProps = Labelled & ComponentPropsWithRef<"textarea">;

/** A labelled text of several lines. */
export function TextArea({ label, hint, error, className, rows = 3, ...rest }: TextAreaProps) {
  return (
    <Frame label={label} hint={hint} error={error} className={className}>
      {(described) => <textarea rows={rows} className={cx(box(error), "py-3 leading-snug")} {...described} {...rest} />}
    </Frame>
  );
}

export type SelectProps = Labelled & ComponentPropsWithRef<"select">;

/** A labelled choice from many; the options are its children. */
export function Select({ label, hint, error, className, children, ...rest }: SelectProps) {
  return (
    <Frame label={label} hint={hint} error={error} className={className}>
      {(described) => (
        <select className={box(error)} {...described} {...rest}>
          {children}
        </select>
      )}
    </Frame>
  );
}

export type CheckProps = Omit<Labelled, "error"> & Omit<ComponentPropsWithRef<"input">, "type">;

/** Yes or no, as a row that can be tapped anywhere. */
export function Check({ label, hint, className, ...rest }: CheckProps) {
  const id = useId();
  return (
    <div className={cx("relative flex min-h-12 items-center gap-3 rounded-2xl border border-line px-4 py-2 has-checked:border-brand", className)}>
      <input id={id} type="checkbox" aria-describedby={hint === undefined ? undefined : `${id}-note`} className="size-5 shrink-0 accent-brand" {...rest} />
      <div className="min-w-0">
        <label htmlFor={id} className="font-semibold after:absolute after:inset-0 after:content-['']">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-note`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
