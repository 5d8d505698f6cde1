import type { StationPage, UserView } from "@livefloor/api/coffee";
import { Button, Field, Refusal, Select, Sheet, toast } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct, useUser } from "../../model/hooks.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/lead/index.ts";
import { addUser, NAME, PHONE, refusedFields, rolesFor, skillsOf, type Role } from "./api.ts";

const { users: words } = texts;

interface Typed {
  readonly username: string;
  readonly display_name: string;
  readonly role: Role;
  readonly password: string;
  readonly phone: string;
  readonly station: string;
  readonly skills: string;
}

const BLANK: Typed = { username: "", display_name: "", role: "barista", password: "", phone: "", station: "", skills: "" };

function check({ username, display_name, phone }: Typed): Partial<Record<keyof Typed, string>> {
  return {
    ...(/^[a-z0-9._-]{3,32}$/i.test(username.trim()) ? {} : { username: words.wrong.username }),
    ...(NAME.test(display_name.trim()) ? {} : { display_name: words.wrong.display_name }),
    ...(phone.trim() === "" || PHONE.test(phone.trim()) ? {} : { phone: words.wrong.phone }),
  };
}

interface AddUserProps {
  readonly stations: readonly StationPage[];
  readonly onAdded: (user: UserView, once: string | null) => void;
  readonly onClose: () => void;
}

export function AddUser({ stations, onAdded, onClose }: AddUserProps) {
  const roles = rolesFor(useUser()?.role);
  const [typed, setTyped] = useState(BLANK);
  const [isTried, setTried] = useState(false);
  const add = useAct(addUser, ({ user, once }) => {
    toast(words.made(user.display_name), "good");
    onAdded(user, once);
  });
  const wrong = check(typed);
  const said = refusedFields(add.error);
  const errors: Readonly<Record<string, string | undefined>> = { ...said, ...(isTried ? wrong : {}) };
  const set = (change: Partial<Typed>): void => {
    setTyped({ ...typed, ...change });
    if (add.isError) add.reset();
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0 || add.isPending) return;
    add.mutate({
      username: typed.username.trim(),
      display_name: typed.display_name.trim(),
      role: typed.role,
      skills: skillsOf(typed.skills),
      ...(typed.password === "" ? {} : { password: typed.password }),
      ...(typed.phone.trim() === "" ? {} : { phone: typed.phone.trim() }),
      ...(typed.station === "" ? {} : { station_id: Number(typed.station) }),
    });
  };
  return (
    <Sheet title={words.add} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={words.name} hint={words.nameHint} error={errors.display_name} maxLength={40} autoComplete="off" value={typed.display_name} onChange={(event) => set({ display_name: event.target.value })} />
        <Field
          label={words.username}
          hint={words.usernameHint}
          error={errors.username}
          maxLength={32}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={typed.username}
          onChange={(event) => set({ username: event.target.value })}
        />
        <Select label={words.role} error={errors.role} value={typed.role} onChange={(event) => set({ role: roles.find((role) => role === event.target.value) ?? "barista" })}>
          {roles.map((role) => (
            <option key={role} value={role}>
              {words.roles[role]}
            </option>
          ))}
        </Select>
        <StationSelect stations={stations} value={typed.station} error={errors.station_id} onChange={(station) => set({ station })} />
        <Field label={words.phone} hint={words.phoneHint} error={errors.phone} type="tel" maxLength={16} autoComplete="off" value={typed.phone} onChange={(event) => set({ phone: event.target.value })} />
        <Field label={words.skills} hint={words.skillsHint} error={errors.skills} autoComplete="off" value={typed.skills} onChange={(event) => set({ skills: event.target.value })} />
        <Field
          label={words.password}
          hint={words.passwordHint}
          error={errors.password}
          type="password"
          maxLength={128}
          autoComplete="new-password"
          value={typed.password}
          onChange={(event) => set({ password: event.target.value })}
        />
        {Object.keys(said).length === 0 && <Refusal error={add.error} />}
        <Button type="submit" busy={add.isPending && words.adding}>
          {words.add}
        </Button>
      </form>
    </Sheet>
  );
}

interface StationSelectProps {
  readonly stations: readonly StationPage[];
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (station: string) => void;
}

export function StationSelect({ stations, value, error, onChange }: StationSelectProps) {
  return (
    <Select label={words.station} error={error} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{words.noStation}</option>
      {stations.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
