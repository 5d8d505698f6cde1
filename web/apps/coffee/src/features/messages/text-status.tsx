import type { TextMessage } from "@livefloor/api/coffee";
import { cx } from "@livefloor/ui";

import { texts } from "../../texts/crew/index.ts";

const { messages: words } = texts;
const SIGNS: Record<TextMessage["status"], string> = { received: "", queued: "◷", sending: "◷", sent: "✓", delivered: "✓✓", undelivered: "⚠", failed: "⚠", suppressed: "⊘", not_sent: "⊘" };
const BAD = new Set<TextMessage["status"]>(["undelivered", "failed", "suppressed", "not_sent"]);

export const mayRetry = ({ status }: TextMessage): boolean => status === "failed" || status === "undelivered" || status === "not_sent";

/** How far a text is, as sign and word; why it did not go, where it is known. */
export function TextStatus({ message, full = false }: { readonly message: TextMessage; readonly full?: boolean }) {
  const { direction, status, error_code } = message;
  if (direction === "in") return null;
  const reason = error_code === null ? null : (words.reasons[error_code] ?? error_code);
  return (
    <span className={cx("shrink-0 text-base", BAD.has(status) ? "font-semibold text-danger" : "text-muted")}>
      <span aria-hidden="true">{SIGNS[status]} </span>
      <span className={full ? undefined : "sr-only"}>
        {words.ticks[status]}
        {reason !== null && BAD.has(status) && `: ${reason}`}
      </span>
    </span>
  );
}
