import { buttonClass } from "@livefloor/ui";

import { inLanguage, type SystemEntry } from "../../model/start.ts";
import { texts } from "../../texts/index.ts";
import { AccountList } from "./account-list.tsx";

const LINK = "inline-flex min-h-12 items-center rounded-2xl px-3 text-sm font-semibold text-brand underline-offset-4 hover:underline";

/** One system: what it is, the way in, its documentation, and accounts to try where there are any. */
export function SystemCard({ system }: { readonly system: SystemEntry }) {
  const { start } = texts;
  const links = Object.entries(system.docs).map(([name, address]) => [address, start.docs[name] ?? name] as const);
  links.unshift(...system.pages.map(({ address, says }) => [address, inLanguage(says)] as const));
  if (system.outbox !== "") links.push([system.outbox, start.outbox]);
  return (
    <article className="overflow-hidden rounded-3xl border border-line bg-card shadow-card">
      <div className="grid md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        {system.picture !== "" && (
          <div className="border-b border-line bg-off-soft md:border-r md:border-b-0">
            {/* The heading beside it says what it shows. */}
            <img src={system.picture} alt="" className="h-48 w-full object-cover object-top-left md:h-full md:max-h-88" />
          </div>
        )}
        <div className="flex flex-col gap-4 p-5 sm:p-7">
          <div>
            <h2 className="text-2xl font-bold">{system.title}</h2>
            <p className="mt-2 text-lg leading-snug text-muted">{inLanguage(system.says)}</p>
          </div>
          <a href={system.address} className={buttonClass("primary", "sm:self-start")}>
            {start.open(system.title)}
          </a>
          {links.length > 0 && (
            <nav aria-label={start.links(system.title)} className="-mx-3 mt-auto flex flex-wrap">
              {links.map(([address, words]) => (
                <a key={address} href={address} className={LINK}>
                  {words}
                </a>
              ))}
            </nav>
          )}
        </div>
      </div>
      {system.accounts.length > 0 && <AccountList accounts={system.accounts} />}
    </article>
  );
}
