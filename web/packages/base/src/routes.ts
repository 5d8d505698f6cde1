import { redirect } from "@tanstack/react-router";

/** Where a person wanted to go, with what was asked for there. */
export interface EntrySearch {
  to?: string;
}

/** Only a path of our own: an address in the link must not lead a fresh session elsewhere. */
export function entrySearch({ to }: Record<string, unknown>): EntrySearch {
  return typeof to === "string" && /^\/(?![/\\])/.test(to) ? { to } : {};
}

interface Reader<Role extends string> {
  readonly read: () => { readonly user: { readonly role: Role } } | null;
}

/** Who may see which pages, by the session that is kept. */
export function guardsOf<Role extends string>(keeper: Reader<Role>) {
  return {
    /** Leads people who are signed in on to where they wanted to go. */
    strangers: ({ search: { to } }: { readonly search: EntrySearch }): void => {
      if (keeper.read() === null) return;
      // The address goes before the path: it has its search with it.
      throw redirect({ to: "/", ...(to === undefined ? {} : { href: to }), replace: true });
    },
    /** Leads people without one of these roles back to their first page. */
    only:
      (...roles: readonly Role[]) =>
      (): void => {
        const role = keeper.read()?.user.role;
        if (role !== undefined && !roles.includes(role)) throw redirect({ to: "/", replace: true });
      },
  };
}
