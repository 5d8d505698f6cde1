import type { Machine } from "@livefloor/api/laundry";
import { Button, Choices, photoData, PhotoField, Refusal, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useMeta } from "../../model/hooks.ts";
import { texts } from "../../texts/index.ts";
import { placeOf, releaseMachine, type Find } from "./api.ts";

const EMPTY = "empty";
const MOVED = "moved:";

/** Put somebody's finished load aside and say where. */
export function ReleaseForm({ machine, disabled }: { readonly machine: Machine; readonly disabled: boolean }) {
  const { data: meta } = useMeta();
  const [found, setFound] = useState<string | null>(null);
  const [photo, setPhoto] = useState<File | null>(null);
  const release = useAct(releaseMachine, () => toast(texts.sheet.released(texts.machine(machine.machine_type, machine.machine_id)), "good"));

  const send = async (): Promise<void> => {
    if (found === null || machine.cycle_id === null) return;
    const find: Find = found === EMPTY ? { reason: "empty" } : { reason: "moved", place: found.slice(MOVED.length) };
    const picture = photo === null || find.reason === "empty" ? {} : { photo_data: await photoData(photo) };
    release.mutate({ ...placeOf(machine), cycle_id: machine.cycle_id, ...find, ...picture });
  };

  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-muted">{texts.sheet.releaseText}</p>
      <Choices
        legend={texts.sheet.whatDidYouFind}
        value={found}
        onChange={setFound}
        choices={[
          ...(meta?.pickup_places ?? []).map((place) => ({ value: MOVED + place, label: texts.sheet.movedTo(place) })),
          { value: EMPTY, label: texts.sheet.foundEmpty },
        ]}
      />
      {found !== null && found !== EMPTY && (
        <PhotoField label={texts.sheet.photo} hint={texts.sheet.photoHint} removeLabel={texts.photo.remove} previewAlt={texts.photo.preview} value={photo} onChange={setPhoto} />
      )}
      <Refusal error={release.error} />
      <Button busy={release.isPending && texts.sheet.releasing} disabled={disabled || found === null} onClick={() => void send()}>
        {texts.sheet.release}
      </Button>
    </div>
  );
}
