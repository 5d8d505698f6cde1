import { cx } from "./cx.ts";

/** How much there waits, as a number on the way to it; nothing where there is none. `word` says it in full. */
export function CountBadge({ count, word, className = "text-sm" }: { readonly count: number; readonly word: string; readonly className?: string }) {
  if (count === 0) return null;
  return (
    <span className={cx("rounded-full bg-danger px-1.5 leading-snug font-bold text-linen", className)}>
      <span aria-hidden="true">{count}</span>
      <span className="sr-only">{word}</span>
    </span>
  );
}
