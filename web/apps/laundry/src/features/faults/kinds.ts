import type { FaultKind } from "./api.ts";

/** One report of these puts the machine out of order. */
const SAFETY: ReadonlySet<FaultKind> = new Set<FaultKind>(["water_leak", "burning_smell", "electric_shock"]);

export function isSafety(kind: FaultKind): boolean {
  return SAFETY.has(kind);
}
