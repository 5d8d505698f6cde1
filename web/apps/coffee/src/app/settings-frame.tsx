import { BackIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useFloor } from "../model/hooks.ts";
import { texts } from "../texts/settings/index.ts";

interface SettingsFrameProps {
  readonly title: string;
  readonly intro?: string;
  /** The page above, where it is not the list of all settings. */
  readonly up?: { readonly to: "/settings/stations" | "/settings/menu"; readonly text: string };
  readonly children: ReactNode;
}

/** A page of the settings: the way back, what it is about, and live as every page of the crew. */
export function SettingsFrame({ title, intro, up, children }: SettingsFrameProps) {
  useFloor(null);
  return (
    <div className="mx-auto w-full max-w-5xl pb-6">
      <Link to={up?.to ?? "/settings"} className="-ml-2 inline-flex min-h-12 items-center gap-1 rounded-xl pr-3 font-semibold text-brand-strong">
        <BackIcon className="size-5" />
        {up?.text ?? texts.title}
      </Link>
      <h1 className="text-2xl font-extrabold">{title}</h1>
      {intro !== undefined && <p className="mt-1 text-muted">{intro}</p>}
      <div className="mt-4">{children}</div>
    </div>
  );
}
