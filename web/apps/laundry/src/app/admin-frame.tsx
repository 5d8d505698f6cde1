import { BackIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { texts } from "../texts/admin/index.ts";

interface AdminFrameProps {
  readonly title: string;
  readonly intro: string;
  /** Main acts of the page, beside its title. */
  readonly acts?: ReactNode;
  readonly children: ReactNode;
}

/** What all pages under the administration share: the way back, the title, what the page is for. */
export function AdminFrame({ title, intro, acts, children }: AdminFrameProps) {
  return (
    <>
      <div className="mb-5 print:hidden">
        <Link to="/admin" className="-ml-2 inline-flex min-h-12 items-center gap-1 rounded-2xl px-2 text-sm font-semibold text-brand hover:bg-off-soft">
          <BackIcon className="size-5" />
          {texts.back}
        </Link>
        <div className="flex flex-wrap items-end justify-between gap-3">
          <div>
            <h1 className="text-2xl font-bold">{title}</h1>
            <p className="mt-1 max-w-2xl text-muted">{intro}</p>
          </div>
          {acts !== undefined && <div className="flex flex-wrap gap-2">{acts}</div>}
        </div>
      </div>
      {children}
    </>
  );
}
