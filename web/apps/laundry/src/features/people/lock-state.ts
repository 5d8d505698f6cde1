import { timeText, whenText } from "../../model/times.ts";
import { texts } from "../../texts/desk/index.ts";
import type { PersonFile } from "./api.ts";

const { access } = texts.people;

/** Whether and why somebody cannot sign in, in a sentence. */
export function lockText({ guard, status }: Pick<PersonFile, "guard" | "status">, now: number): string {
  if (status === "blocked") return access.blocked;
  if (guard.closed) return access.closed(guard.failures_30d);
  if (guard.locked_until !== null && Date.parse(guard.locked_until) > now) return access.until(whenText(guard.locked_until, now), guard.failures);
  return guard.failures_30d > 0 ? access.some(guard.failures, guard.failures_30d) : access.free;
}

/** `48120597` as `4812 0597`: read out in two breaths. */
export function codeText(code: string): string {
  return code.replace(/(\d{4})(?=\d)/g, "$1\u00a0");
}

export const validText = (moment: string): string => texts.people.code.valid(timeText(moment));
