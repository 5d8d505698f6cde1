import { Problem } from "@livefloor/api";
import type { StationPage, UserView } from "@livefloor/api/coffee";
import { useDraft } from "@livefloor/forms";
import { Button, Confirm, Field, Refusal, Select, Sheet, toast } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { useAct, useUser } from "../../model/hooks.ts";
import { SaveBar } from "../../model/save-bar.tsx";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/lead/index.ts";
import { StationSelect } from "./add-user.tsx";
import { changeUser, getUser, NAME, newPassword, PHONE, refusedFields, rolesFor, skillsOf, type Role, type UserChange } from "./api.ts";
import { UserFigures } from "./user-figures.tsx";

const { users: words } = texts;

interface Typed {
  readonly display_name: string;
  readonly phone: string;
  readonly station_id: string;
  readonly skills: string;
  readonly role: Role;
  readonly version: number;
}

const typed = ({ display_name, phone, station_id, skills, role, version }: UserView): Typed => ({
  display_name,
  phone: phone ?? "",
  station_id: station_id === null ? "" : String(station_id),
  skills: skills.join(", "),
  role,
  version,
});

function parsed({ display_name, phone, station_id, skills, role }: Partial<Typed>): UserChange {
  return {
    ...(display_name === undefined ? {} : { display_name: display_name.trim() }),
    ...(phone === undefined ? {} : { phone: phone.trim() === "" ? null : phone.trim() }),
    ...(station_id === undefined ? {} : { station_id: station_id === "" ? null : Number(station_id) }),
    ...(skills === undefined ? {} : { skills: skillsOf(skills) }),
    ...(role === undefined ? {} : { role }),
  };
}

function check({ display_name, phone }: Typed): Readonly<Record<string, string>> {
  return {
    ...(NAME.test(display_name.trim()) ? {} : { display_name: words.wrong.display_name }),
    ...(phone.trim() === "" || PHONE.test(phone.trim()) ? {} : { phone: words.wrong.phone }),
  };
}

interface UserSheetProps {
  readonly user: UserView;
  readonly stations: readonly StationPage[];
  readonly onOnce: (password: string) => void;
  readonly onClose: () => void;
}

type Asked = "off" | "password" | null;

/** One account: what it says, what it did, and the ways to lock it out and let it in. */
export function UserSheet({ user, stations, onOnce, onClose }: UserSheetProps) {
  const [asked, setAsked] = useState<Asked>(null);
  const isOwn = useUser()?.id === user.id;
  const activate = useAct(
    (id: string) => changeUser(id, { active: true, version: user.version }),
    () => {
      toast(words.activated(user.display_name), "good");
      onClose();
    },
  );
  if (asked === "off") return <SwitchOff user={user} onClose={onClose} onKeep={() => setAsked(null)} />;
  if (asked === "password") return <ResetPassword user={user} onOnce={onOnce} onClose={onClose} onKeep={() => setAsked(null)} />;
  return (
    <Sheet title={user.display_name} description={`${words.roles[user.role]} · ${user.username}`} closeLabel={common.close} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <UserForm user={user} stations={stations} isOwn={isOwn} />
        {(user.role === "barista" || user.role === "support") && (
          <section aria-label={words.stats}>
            <h3 className="mb-2 font-bold">{words.statsOf}</h3>
            <UserFigures id={user.id} />
            {user.role === "barista" && (
              <Link to="/performance" search={{ who: user.id }} className="mt-2 inline-flex min-h-12 items-center font-semibold text-brand underline underline-offset-4">
                {texts.performance.title}
              </Link>
            )}
          </section>
        )}
        <Refusal error={activate.error} />
        <div className="flex flex-wrap gap-2">
          <Button look="quiet" onClick={() => setAsked("password")}>
            {words.reset}
          </Button>
          {!isOwn && user.active && (
            <Button look="danger" onClick={() => setAsked("off")}>
              {words.deactivate}
            </Button>
          )}
          {!user.active && (
            <Button look="soft" busy={activate.isPending && words.activating} onClick={() => activate.mutate(user.id)}>
              {words.activate}
            </Button>
          )}
        </div>
      </div>
    </Sheet>
  );
}

function UserForm({ user, stations, isOwn }: { readonly user: UserView; readonly stations: readonly StationPage[]; readonly isOwn: boolean }) {
  const me = useUser();
  const [isTried, setTried] = useState(false);
  const draft = useDraft<Typed>({
    stored: typed(user),
    save: async (changes, base) => typed(await changeUser(user.id, { ...parsed(changes), version: base.version })),
    reload: async () => typed(await getUser(user.id)),
    isStale: (error) => error instanceof Problem && error.isStale,
    fieldErrors: (error) => (error instanceof Problem ? refusedFields(error) : {}),
    onSaved: () => {
      setTried(false);
      toast(texts.saved, "good");
    },
  });
  const wrong = check(draft.value);
  const errors: Readonly<Record<string, string | undefined>> = { ...draft.errors, ...(isTried ? wrong : {}) };
  const roles = rolesFor(me?.role);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) void draft.save();
  };
  // Of the own account an organizer changes name and phone number only.
  const isLimited = isOwn && me?.role !== "admin";
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Field label={words.name} error={errors.display_name} maxLength={40} autoComplete="off" value={draft.value.display_name} onChange={(event) => draft.set("display_name", event.target.value)} />
      <Field label={words.phone} hint={words.phoneHint} error={errors.phone} type="tel" maxLength={16} autoComplete="off" value={draft.value.phone} onChange={(event) => draft.set("phone", event.target.value)} />
      {!isLimited && (
        <>
          <StationSelect stations={stations} value={draft.value.station_id} error={errors.station_id} onChange={(station) => draft.set("station_id", station)} />
          <Field label={words.skills} hint={words.skillsHint} error={errors.skills} autoComplete="off" value={draft.value.skills} onChange={(event) => draft.set("skills", event.target.value)} />
        </>
      )}
      {!isOwn && me?.role === "admin" && (
        <Select label={words.role} hint={words.roleText} error={errors.role} value={draft.value.role} onChange={(event) => draft.set("role", roles.find((role) => role === event.target.value) ?? user.role)}>
          {roles.map((role) => (
            <option key={role} value={role}>
              {words.roles[role]}
            </option>
          ))}
        </Select>
      )}
      <SaveBar draft={draft} isWrong={isTried && Object.keys(wrong).length > 0} labelOf={(field) => words.fields[field]} said={(field, value) => said(field, String(value), stations)} />
    </form>
  );
}

function said(field: keyof Typed, text: string, stations: readonly StationPage[]): string {
  if (field === "station_id") return stations.find(({ id }) => String(id) === text)?.name ?? words.noStation;
  if (field === "role") return words.roles[text as Role];
  return text;
}

interface AskedProps {
  readonly user: UserView;
  readonly onClose: () => void;
  readonly onKeep: () => void;
}

function SwitchOff({ user, onClose, onKeep }: AskedProps) {
  const act = useAct(
    (id: string) => changeUser(id, { active: false, version: user.version }),
    () => {
      toast(words.deactivated(user.display_name), "good");
      onClose();
    },
  );
  return (
    <Question title={words.deactivateTitle(user.display_name)} text={words.deactivateText} yes={words.deactivate} busy={act.isPending && words.deactivating} error={act.error} onYes={() => act.mutate(user.id)} onKeep={onKeep} onClose={onClose} />
  );
}

function ResetPassword({ user, onOnce, onClose, onKeep }: AskedProps & { readonly onOnce: (password: string) => void }) {
  const act = useAct(newPassword, onOnce);
  return (
    <Question title={words.resetTitle(user.display_name)} text={words.resetText} yes={words.reset} busy={act.isPending && words.resetting} error={act.error} onYes={() => act.mutate(user.id)} onKeep={onKeep} onClose={onClose} />
  );
}

interface QuestionProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly busy: string | false;
  readonly error: Error | null;
  readonly onYes: () => void;
  readonly onKeep: () => void;
  readonly onClose: () => void;
}

function Question({ title, text, yes, busy, error, onYes, onKeep, onClose }: QuestionProps) {
  return (
    <Confirm title={title} text={text} closeLabel={common.close} onClose={onClose}>
      <Refusal error={error} />
      <Button look="danger" busy={busy} onClick={onYes}>
        {yes}
      </Button>
      <Button look="quiet" onClick={onKeep}>
        {words.keep}
      </Button>
    </Confirm>
  );
}
