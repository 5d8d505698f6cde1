import { Button, PlusIcon } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { OfferSwitches } from "../features/availability/offer-switches.tsx";
import { AddMilk } from "../features/milk-admin/add-milk.tsx";
import { milksQuery } from "../features/milk-admin/api.ts";
import { MilksForm } from "../features/milk-admin/milks-form.tsx";
import { useFrames } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { queries } from "../model/services.ts";
import { texts } from "../texts/settings/index.ts";
import { SettingsFrame } from "./settings-frame.tsx";

export function MilkSettingsPage() {
  const query = useQuery(milksQuery);
  const [isAdding, setAdding] = useState(false);
  useFrames(["milk_colors_updated"], () => void queries.invalidateQueries({ queryKey: milksQuery.queryKey }));
  return (
    <SettingsFrame title={texts.milks.title} intro={texts.milks.intro}>
      <Loaded query={query}>
        {(stored) => (
          <div className="flex flex-col gap-6">
            <Button look="soft" className="self-start" onClick={() => setAdding(true)}>
              <PlusIcon className="size-5" />
              {texts.milks.add}
            </Button>
            <MilksForm stored={stored} />
            <details className="rounded-tile border border-line bg-card p-4">
              <summary className="min-h-12 cursor-pointer py-3 text-lg font-bold">{texts.milks.outTitle}</summary>
              <div className="grid gap-4 lg:grid-cols-2">
                {stored.milk_colors
                  .filter(({ enabled }) => enabled)
                  .map(({ code, name }) => (
                    <div key={code}>
                      <OfferSwitches target={{ milk: code }} name={name} />
                    </div>
                  ))}
              </div>
            </details>
            {isAdding && <AddMilk stored={stored} onClose={() => setAdding(false)} />}
          </div>
        )}
      </Loaded>
    </SettingsFrame>
  );
}
