import { Problem } from "@livefloor/api";
import { Button, Choices, Field, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { addStation } from "./api.ts";
import { numberWrong } from "./numbers.ts";

/** Another station, or a storeroom: it begins closed and with nothing in it. */
export function AddStation({ onClose }: { readonly onClose: () => void }) {
  const [kind, setKind] = useState<"service" | "storage">("service");
  const [number, setNumber] = useState("");
  const [name, setName] = useState("");
  const [location, setLocation] = useState("");
  const [positions, setPositions] = useState("1");
  const [isTried, setTried] = useState(false);
  const { stations } = texts;
  const add = useAct(addStation, (made) => {
    toast(stations.added(made.name), "good");
    onClose();
  });
  const problem = add.error instanceof Problem ? add.error : null;
  const errors: Readonly<Record<string, string>> =
    problem === null ? {} : problem.code === "name_taken" ? { name: problem.message } : problem.code === "number_taken" ? { id: problem.message } : problem.fields;
  const wrong = {
    id: number.trim() === "" ? null : numberWrong(number, [1, 99]),
    name: name.trim() === "" ? stations.needsName : null,
    positions: kind === "storage" ? null : numberWrong(positions, [1, 4]),
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).some((one) => one !== null) || add.isPending) return;
    add.mutate({
      kind,
      name: name.trim(),
      location: location.trim(),
      ...(number.trim() === "" ? {} : { id: Number(number) }),
      ...(kind === "service" ? { machine_positions: Number(positions) } : {}),
    });
  };

  return (
    <Sheet title={stations.add} description={stations.addText} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Choices
          legend={stations.kind}
          layout="bar"
          value={kind}
          onChange={setKind}
          choices={[
            { value: "service", label: stations.kinds.service },
            { value: "storage", label: stations.kinds.storage },
          ]}
        />
        <Field label={stations.fields.name.label} error={(isTried ? wrong.name : null) ?? errors.name} value={name} maxLength={40} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        <Field label={stations.number} hint={stations.numberHint} error={(isTried ? wrong.id : null) ?? errors.id} value={number} inputMode="numeric" autoComplete="off" onChange={(event) => setNumber(event.target.value)} />
        <Field label={stations.fields.location.label} hint={stations.fields.location.hint} error={errors.location} value={location} maxLength={80} autoComplete="off" onChange={(event) => setLocation(event.target.value)} />
        {kind === "service" && (
          <Field
            label={stations.fields.machine_positions.label}
            hint={stations.fields.machine_positions.hint}
            error={(isTried ? wrong.positions : null) ?? errors.machine_positions}
            value={positions}
            inputMode="numeric"
            onChange={(event) => setPositions(event.target.value)}
          />
        )}
        {Object.keys(errors).length === 0 && <Refusal error={problem} />}
        <Button type="submit" busy={add.isPending && stations.adding}>
          {stations.add}
        </Button>
      </form>
    </Sheet>
  );
}
