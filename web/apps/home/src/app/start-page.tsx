import { EmptyState } from "@livefloor/ui";

import { SystemCard } from "../features/systems/system-card.tsx";
import { readSystems } from "../model/start.ts";
import { texts } from "../texts/index.ts";
import { Page } from "./page.tsx";

export function StartPage() {
  const systems = readSystems();
  return (
    <Page title="livefloor" lead={texts.start.lead}>
      {systems.length === 0 ? (
        <EmptyState>{texts.start.empty}</EmptyState>
      ) : (
        <ul className="flex flex-col gap-6">
          {systems.map((system) => (
            <li key={system.name}>
              <SystemCard system={system} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
