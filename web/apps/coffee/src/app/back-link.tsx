import { BackIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import type { Head } from "../model/services.ts";
import { texts } from "../texts/crew/index.ts";

/** The way back to the queue. */
export function BackToStation({ head }: { readonly head: Pick<Head, "id" | "name"> }) {
  return (
    <Link to="/station/$id" params={{ id: String(head.id) }} className="-ml-2 inline-flex min-h-12 items-center gap-1 rounded-2xl px-2 font-semibold text-brand hover:bg-off-soft">
      <BackIcon className="size-5" />
      {texts.backTo(head.name)}
    </Link>
  );
}
