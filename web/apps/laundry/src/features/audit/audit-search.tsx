import { Button, Field, Select } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { texts } from "../../texts/admin/index.ts";
import { EVERYTHING, type Search } from "./api.ts";

const FAMILIES = ["activity", "backup", "category", "delivery", "fault", "guard", "machine", "notification", "profile", "roster", "session", "settings", "user", "waitlist"];
const ROLES = ["student", "staff", "admin", "public", "system"] as const;

interface AuditSearchProps {
  readonly search: Search;
  /** Names of those who work here, by account. */
  readonly crew: ReadonlyMap<string, string>;
  readonly onSearch: (search: Search) => void;
}

/** The conditions; they are used when the person says so. */
export function AuditSearch({ search, crew, onSearch }: AuditSearchProps) {
  const [typed, setTyped] = useState(search);
  const { audit } = texts;
  const set = (change: Partial<Search>): void => setTyped({ ...typed, ...change });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSearch({ ...typed, name: typed.name.trim(), subject: typed.subject.trim() });
  };
  return (
    <form noValidate role="search" onSubmit={submit} className="rounded-tile border border-line bg-card p-4">
      <div className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-5">
        <Field label={audit.name} hint={audit.nameHint} list="event-names" value={typed.name} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />
        <datalist id="event-names">
          {FAMILIES.map((family) => (
            <option key={family} value={family} />
          ))}
        </datalist>
        <Select label={audit.actor} value={typed.actor} onChange={(event) => set({ actor: event.target.value })}>
          <option value="">{audit.anyone}</option>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {audit.roles[role]}
            </option>
          ))}
          {[...crew].map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Field label={audit.subject} hint={audit.subjectHint} value={typed.subject} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => set({ subject: event.target.value })} />
        <Field label={audit.from} type="date" value={typed.from} onChange={(event) => set({ from: event.target.value })} />
        <Field label={audit.to} type="date" value={typed.to} onChange={(event) => set({ to: event.target.value })} />
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button type="submit">{audit.search}</Button>
        <Button
          look="quiet"
          onClick={() => {
            setTyped(EVERYTHING);
            onSearch(EVERYTHING);
          }}
        >
          {audit.reset}
        </Button>
      </div>
    </form>
  );
}
