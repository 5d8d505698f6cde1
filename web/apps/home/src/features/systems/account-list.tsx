import { buttonClass } from "@livefloor/ui";

import { copy } from "../../model/copy.ts";
import { inLanguage, type Account } from "../../model/start.ts";
import { texts } from "../../texts/index.ts";

/** A value that one tap copies. */
function Copied({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <button
      type="button"
      aria-label={texts.copy(`${label} ${value}`)}
      onClick={() => void copy(value, label)}
      className="flex min-h-12 min-w-0 flex-col justify-center rounded-2xl border border-line px-3 py-1 text-left leading-tight hover:border-edge hover:bg-off-soft"
    >
      <span className="text-xs text-muted">{label}</span>{" "}
      <span className="font-semibold wrap-anywhere select-all">{value}</span>
    </button>
  );
}

/** The accounts of the demo data: whom one may be, and the way in. */
export function AccountList({ accounts }: { readonly accounts: readonly Account[] }) {
  const { start } = texts;
  return (
    <section className="border-t border-line p-5 sm:p-7">
      <h3 className="text-lg font-bold">{start.accounts}</h3>
      <p className="mt-1 text-sm text-muted">{start.accountsHint}</p>
      <ul className="mt-4 flex flex-col gap-4 md:gap-2">
        {accounts.map((account) => (
          <li key={account.id} className="grid grid-cols-[1fr_1fr] items-center gap-2 md:grid-cols-[minmax(0,1fr)_8rem_13rem_8rem]">
            <span className="col-span-2 font-semibold md:col-span-1">{inLanguage(account.says)}</span>
            <Copied label={start.id} value={account.id} />
            <Copied label={/^\d+$/.test(account.secret) ? start.pin : start.password} value={account.secret} />
            <a href={account.address} aria-label={start.signInAs(inLanguage(account.says))} className={buttonClass("soft", "col-span-2 md:col-span-1")}>
              {start.signIn}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
