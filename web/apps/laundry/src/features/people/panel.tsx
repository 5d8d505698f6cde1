import { Notice } from "@livefloor/ui";
import { useId, type ReactNode } from "react";

import { reasonOf } from "../../texts/desk/index.ts";

/** One part of what the desk knows of a person. */
export function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3 rounded-3xl border border-line bg-card p-4 shadow-card">
      <h2 id={id} className="text-lg font-bold">
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Why the last act was refused. */
export function Refused({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <Notice tone="danger" role="alert">
      {reasonOf(error)}
    </Notice>
  );
}
