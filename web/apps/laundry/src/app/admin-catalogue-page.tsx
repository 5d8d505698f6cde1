import type { MachineType } from "@livefloor/api/laundry";
import { Button, Notice } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { programmesQuery, type Programme } from "../features/catalogue/api.ts";
import { ProgrammeSheet } from "../features/catalogue/programme-sheet.tsx";
import { ProgrammeTable } from "../features/catalogue/programme-table.tsx";
import { Loaded } from "../model/loaded.tsx";
import { TYPES } from "../model/loading.ts";
import { texts } from "../texts/admin/index.ts";
import { AdminFrame } from "./admin-frame.tsx";

interface Open {
  readonly type: MachineType;
  readonly programme: Programme | null;
}

export function AdminCataloguePage() {
  const query = useQuery(programmesQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const { catalogue } = texts;
  return (
    <AdminFrame title={catalogue.title} intro={catalogue.intro}>
      <Notice tone="off">{catalogue.rules}</Notice>
      <Loaded query={query}>
        {(programmes) => {
          const of = (type: MachineType): Programme[] => programmes.filter(({ machine_type }) => machine_type === type);
          return (
            <div className="mt-5 grid gap-8 xl:grid-cols-2">
              {TYPES.map((type) => (
                <section key={type}>
                  <h2 className="mb-2 text-lg font-bold">{catalogue.of[type]}</h2>
                  <ProgrammeTable type={type} programmes={of(type)} onChange={(programme) => setOpen({ type, programme })} />
                  <Button look="soft" className="mt-3" aria-label={catalogue.addFor[type]} onClick={() => setOpen({ type, programme: null })}>
                    {catalogue.add}
                  </Button>
                </section>
              ))}
              {open !== null && <ProgrammeSheet {...open} taken={of(open.type).map(({ code }) => code)} onClose={() => setOpen(null)} />}
            </div>
          );
        }}
      </Loaded>
    </AdminFrame>
  );
}
