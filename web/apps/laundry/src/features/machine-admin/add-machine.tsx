import { Problem } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";
import { Button, Choices, Field, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";
import { addMachine } from "./api.ts";

/** Put another machine into the room, or bring a retired one back. */
export function AddMachine({ onClose }: { readonly onClose: () => void }) {
  const [type, setType] = useState<MachineType>("washer");
  const [number, setNumber] = useState("");
  const [label, setLabel] = useState("");
  const [location, setLocation] = useState("");
  const { machines } = texts;
  const add = useAct(addMachine, (machine) => {
    toast(machines.added(common.machine(machine.machine_type, machine.machine_id)), "good");
    onClose();
  });
  const isNumberWrong = number.trim() !== "" && !/^[1-9]\d?$/.test(number.trim());
  const refused = add.error instanceof Problem ? (add.error.code === "machine_exists" ? { machine_id: add.error.message } : add.error.fields) : {};
  const errors: Readonly<Record<string, string>> = refused;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isNumberWrong) return;
    add.mutate({
      machine_type: type,
      ...(number.trim() === "" ? {} : { machine_id: Number(number) }),
      ...(label.trim() === "" ? {} : { label: label.trim() }),
      ...(location.trim() === "" ? {} : { location: location.trim() }),
    });
  };

  return (
    <Sheet title={machines.add} description={machines.addText} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Choices
          legend={machines.type}
          layout="bar"
          value={type}
          onChange={setType}
          choices={[
            { value: "washer", label: common.kinds.washer.One },
            { value: "dryer", label: common.kinds.dryer.One },
          ]}
        />
        <Field
          label={machines.number}
          hint={machines.numberHint}
          error={isNumberWrong ? machines.numberError : errors.machine_id}
          value={number}
          inputMode="numeric"
          autoComplete="off"
          onChange={(event) => {
            setNumber(event.target.value);
            if (add.isError) add.reset();
          }}
        />
        <Field
          label={machines.label}
          hint={isNumberWrong || number.trim() === "" ? undefined : machines.labelHint(common.machine(type, Number(number)))}
          error={errors.label}
          value={label}
          maxLength={40}
          autoComplete="off"
          onChange={(event) => setLabel(event.target.value)}
        />
        <Field label={machines.location} hint={machines.locationHint} error={errors.location} value={location} maxLength={80} autoComplete="off" onChange={(event) => setLocation(event.target.value)} />
        {Object.keys(errors).length === 0 && <Refusal error={add.error} />}
        <Button type="submit" busy={add.isPending && machines.adding}>
          {machines.add}
        </Button>
      </form>
    </Sheet>
  );
}
