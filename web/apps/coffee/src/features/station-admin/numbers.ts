import { texts } from "../../texts/settings/index.ts";

/** Why this is not a whole number within limits; null where it is one. */
export function numberWrong(text: string, [min, max]: readonly [number, number]): string | null {
  const count = /^\d{1,7}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return count >= min && count <= max ? null : texts.event.errors.limits(min, max);
}
