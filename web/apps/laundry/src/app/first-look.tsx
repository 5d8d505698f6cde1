import type { ReactNode } from "react";

import { BoardHead } from "../features/machines/machine-board.tsx";
import { EntryHead } from "../features/session/entry-form.tsx";
import { live } from "../model/live.ts";
import { isFree } from "../model/machines.ts";
import { mount } from "../model/mount.ts";
import { keeper, store } from "../model/services.ts";
import { texts } from "../texts/index.ts";
import { EntryFrame } from "./entry-layout.tsx";

/**
 * What is looked for first on the first pages: what to do here, or whether a machine is free. It is drawn before the rest
 * is made ready, which takes a slow phone half a second. Null for other pages, and while nothing is known of the room.
 */
export function firstLook(): ReactNode {
  const path = location.pathname.slice(mount.length);
  const session = keeper.read();
  if (session === null) return path === "" || path === "sign-in" ? <Entry /> : null;
  const machines = store.all("machines");
  // What the last visit kept says nothing of what is free now.
  if (path !== "" || session.user.role !== "student" || machines === undefined || live.status().isKept) return null;
  return <Room washers={machines.filter((machine) => machine.machine_type === "washer" && isFree(machine)).length} />;
}

function Entry() {
  return (
    <EntryFrame>
      <form className="flex w-full flex-col gap-4">
        <EntryHead title={texts.session.signIn} text={texts.session.welcome} />
      </form>
    </EntryFrame>
  );
}

function Room({ washers }: { readonly washers: number }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-7xl flex-col">
      <header className="h-16" />
      <main className="flex-1 px-3 pt-2 pb-8 md:px-6">
        <h1 className="sr-only">{texts.nav.room}</h1>
        <div />
        <div>
          <div>
            <section>
              <BoardHead text={texts.room.headline("washer", washers)} />
            </section>
          </div>
        </div>
      </main>
    </div>
  );
}
