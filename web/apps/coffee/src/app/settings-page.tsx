import { CupIcon, DeskIcon, DrumIcon, ListIcon, PeopleIcon, ScreenIcon, SettingsIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { useFloor } from "../model/hooks.ts";
import { texts } from "../texts/settings/index.ts";

const SECTIONS = [
  { to: "/settings/event", icon: <SettingsIcon />, key: "event" },
  { to: "/settings/stations", icon: <DeskIcon />, key: "stations" },
  { to: "/settings/menu", icon: <CupIcon />, key: "menu" },
  { to: "/settings/milks", icon: <DrumIcon />, key: "milks" },
  { to: "/settings/sms", icon: <ListIcon />, key: "sms" },
  { to: "/settings/vip", icon: <PeopleIcon />, key: "vip" },
  { to: "/settings/displays", icon: <ScreenIcon />, key: "displays" },
] as const;

/** All that organisers set up. */
export function SettingsPage() {
  useFloor(null);
  return (
    <div className="mx-auto w-full max-w-4xl pb-6">
      <h1 className="text-2xl font-extrabold">{texts.title}</h1>
      <p className="mt-1 mb-4 text-muted">{texts.intro}</p>
      <ul className="grid gap-3 sm:grid-cols-2">
        {SECTIONS.map(({ to, icon, key }) => (
          <li key={to}>
            <Link to={to} className="flex h-full items-start gap-3 rounded-tile border border-line bg-card p-4 shadow-card hover:border-edge">
              <span className="mt-0.5 text-brand-strong">{icon}</span>
              <span>
                <span className="block text-lg font-bold">{texts.sections[key].title}</span>
                <span className="block text-muted">{texts.sections[key].text}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
