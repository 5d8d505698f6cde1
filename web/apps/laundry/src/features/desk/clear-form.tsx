import { Choices, photoData, PhotoField, TextArea, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useMeta } from "../../model/hooks.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { ActForm, fieldError } from "./act-form.tsx";
import { clearLoad, placeOf } from "./api.ts";
import type { ActProps } from "./reason-act.tsx";

const { acts } = texts;
const FIELDS = ["note", "photo_data"];

/** Put a left load away and say where it is now. */
export function ClearForm({ machine, disabled, onDone }: ActProps) {
  const { data: meta } = useMeta();
  const [picked, setPicked] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [photo, setPhoto] = useState<File | null>(null);
  const places = meta?.pickup_places ?? [];
  const place = picked ?? places[0] ?? null;
  const send = useAct(clearLoad, () => {
    toast(acts.done.clear(shared.machine(machine.machine_type, machine.machine_id)), "good");
    onDone();
  });

  const submit = async (): Promise<void> => {
    if (place === null) return;
    const said = { of: placeOf(machine), place, note: note.trim() === "" ? null : note.trim() };
    send.mutate({ ...said, photo_data: photo === null ? null : await photoData(photo) });
  };

  return (
    <ActForm
      text={acts.clear.text}
      submit={acts.names.clear}
      disabled={disabled || place === null}
      busy={send.isPending}
      error={send.error}
      fields={FIELDS}
      onSubmit={() => void submit()}
    >
      <Choices legend={acts.clear.place} value={place} onChange={setPicked} choices={places.map((value) => ({ value, label: value }))} />
      <PhotoField
        label={acts.clear.photo}
        hint={acts.clear.photoHint}
        removeLabel={acts.clear.removePhoto}
        previewAlt={acts.clear.preview}
        error={fieldError(send.error, "photo_data")}
        value={photo}
        onChange={setPhoto}
      />
      <TextArea
        label={acts.clear.note}
        hint={acts.clear.noteHint}
        error={fieldError(send.error, "note")}
        rows={2}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
    </ActForm>
  );
}
