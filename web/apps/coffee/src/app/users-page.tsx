import type { UserView } from "@livefloor/api/coffee";
import { Button } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { AddUser } from "../features/users/add-user.tsx";
import { OncePassword } from "../features/users/once.tsx";
import { EVERYBODY, UserList, UserSearch } from "../features/users/user-list.tsx";
import { UserSheet } from "../features/users/user-sheet.tsx";
import { stationsQuery } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { usePeople } from "../model/people.ts";
import { texts } from "../texts/lead/index.ts";

interface Once {
  readonly name: string;
  readonly password: string;
}

/** Who may sign in. */
export function UsersPage() {
  const people = usePeople();
  const stations = useQuery(stationsQuery).data ?? [];
  const [filter, setFilter] = useState(EVERYBODY);
  const [isAdding, setAdding] = useState(false);
  const [openId, setOpenId] = useState<string | null>(null);
  const [once, setOnce] = useState<Once | null>(null);
  const { users } = texts;
  return (
    <>
      <div className="mb-5 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 className="text-2xl font-extrabold">{users.title}</h1>
          <p className="mt-1 text-muted">{users.intro}</p>
        </div>
        <Button onClick={() => setAdding(true)}>{users.add}</Button>
      </div>
      <UserSearch filter={filter} onFilter={setFilter} />
      <Loaded query={people}>
        {(known) => {
          // Leads see whole accounts.
          const all = known as readonly UserView[];
          const user = all.find(({ id }) => id === openId);
          return (
            <>
              <UserList users={all} filter={filter} stations={stations} onOpen={({ id }) => setOpenId(id)} />
              {user !== undefined && (
                <UserSheet
                  key={user.id}
                  user={user}
                  stations={stations}
                  onOnce={(password) => {
                    setOpenId(null);
                    setOnce({ name: user.display_name, password });
                  }}
                  onClose={() => setOpenId(null)}
                />
              )}
            </>
          );
        }}
      </Loaded>
      {isAdding && (
        <AddUser
          stations={stations}
          onAdded={(made, password) => {
            setAdding(false);
            if (password !== null) setOnce({ name: made.display_name, password });
          }}
          onClose={() => setAdding(false)}
        />
      )}
      {once !== null && <OncePassword name={once.name} password={once.password} onClose={() => setOnce(null)} />}
    </>
  );
}
