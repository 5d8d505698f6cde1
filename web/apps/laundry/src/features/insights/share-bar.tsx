import { shareText } from "./figures.ts";

/** A share as a number, and as the length of a bar for the eye. */
export function ShareBar({ share }: { readonly share: number | null }) {
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <span aria-hidden="true" className="h-2 w-16 overflow-hidden rounded-full bg-off-soft">
        <span className="block h-full rounded-full bg-brand" style={{ width: `${Math.round((share ?? 0) * 100)}%` }} />
      </span>
      <span className="min-w-11 text-right">{shareText(share)}</span>
    </span>
  );
}
