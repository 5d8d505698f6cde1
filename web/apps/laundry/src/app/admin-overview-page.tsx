import { ActivityIcon, ChartIcon, ClockIcon, DeskIcon, DrumIcon, GaugeIcon, PeopleIcon, QrIcon, SendIcon, SettingsIcon, UserIcon, WarningIcon } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { programmesQuery } from "../features/catalogue/api.ts";
import { guardQuery } from "../features/guard/api.ts";
import { rosterCountQuery } from "../features/roster/api.ts";
import { settingsQuery } from "../features/settings/api.ts";
import { crewQuery } from "../features/staff/api.ts";
import { useMachines } from "../model/hooks.ts";
import { texts } from "../texts/admin/index.ts";

/** All that an admin keeps, each with how it stands. */
export function AdminOverviewPage() {
  const { overview } = texts;
  const machines = useMachines();
  const programmes = useQuery(programmesQuery).data;
  const settings = useQuery(settingsQuery).data;
  const crew = useQuery(crewQuery).data;
  const roster = useQuery(rosterCountQuery).data;
  const guard = useQuery(guardQuery).data;
  const off = machines.filter(({ status }) => status === "disabled").length;
  const admins = crew?.filter(({ role }) => role === "admin").length ?? 0;
  const registration = settings?.registration_mode ?? "open";
  return (
    <>
      <h1 className="text-2xl font-bold">{overview.title}</h1>
      <p className="mt-1 mb-5 text-muted">{overview.intro}</p>
      <nav aria-label={overview.title} className="print:hidden">
        <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          <Card to="/admin/machines" icon={<DrumIcon />} title={overview.machines} text={overview.machinesText(machines.length, off)} />
          <Card
            to="/admin/catalogue"
            icon={<ClockIcon />}
            title={overview.catalogue}
            text={programmes && overview.catalogueText(programmes.filter(({ enabled }) => enabled).length, programmes.length)}
          />
          <Card
            to="/admin/settings"
            icon={<SettingsIcon />}
            title={overview.settings}
            text={settings && overview.settingsText(settings.room_name ?? "", texts.settings.options.registration_mode[registration])}
          />
          <Card to="/admin/staff" icon={<DeskIcon />} title={overview.staff} text={crew && overview.staffText(crew.length - admins, admins)} />
          <Card to="/admin/roster" icon={<PeopleIcon />} title={overview.roster} text={roster === undefined ? undefined : overview.rosterText(roster)} />
          <Card
            to="/admin/guard"
            icon={guard?.active === true ? <WarningIcon /> : <UserIcon />}
            title={overview.guard}
            text={guard && overview.guardText(guard.failures_last_hour, guard.locked_accounts)}
            mark={guard?.active === true ? overview.guardOn : undefined}
          />
          <Card to="/admin/audit" icon={<ActivityIcon />} title={overview.audit} text={overview.auditText} />
          <Card to="/admin/running" icon={<GaugeIcon />} title={overview.running} text={overview.runningText} />
          <Card to="/admin/webhooks" icon={<SendIcon />} title={overview.webhooks} text={overview.webhooksText} />
          <Card to="/admin/qr" icon={<QrIcon />} title={overview.qr} text={overview.qrText} />
          <Card to="/insights" icon={<ChartIcon />} title={overview.insights} text={overview.insightsText} />
        </ul>
      </nav>
    </>
  );
}

interface CardProps {
  readonly to: "/admin/machines" | "/admin/catalogue" | "/admin/settings" | "/admin/staff" | "/admin/roster" | "/admin/guard" | "/admin/audit" | "/admin/running" | "/admin/webhooks" | "/admin/qr" | "/insights";
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string | undefined;
  readonly mark?: string | undefined;
}

function Card({ to, icon, title, text, mark }: CardProps) {
  return (
    <li>
      <Link to={to} className="flex h-full min-h-21 items-center gap-4 rounded-tile border border-line bg-card px-4 py-3 shadow-card hover:border-edge">
        <span className="flex size-12 shrink-0 items-center justify-center rounded-2xl bg-brand-soft text-brand-strong">{icon}</span>
        <span className="min-w-0">
          <span className="block text-lg leading-tight font-bold">{title}</span>
          <span className="mt-0.5 block text-sm text-muted">{text ?? texts.overview.unknown}</span>
          {mark !== undefined && <span className="mt-1 inline-block rounded-md bg-held-soft px-1.5 text-xs font-bold text-held">{mark}</span>}
        </span>
      </Link>
    </li>
  );
}
