import { Link } from "@tanstack/react-router";

interface EntryLinkProps {
  readonly to: "/sign-in" | "/register" | "/new-pin" | "/staff";
  readonly text: string;
  readonly question?: string;
}

/** A way to another of the pages before sign-in; keeps where the person wanted to go. */
export function EntryLink({ to, text, question }: EntryLinkProps) {
  return (
    <span className="flex min-h-10 items-center gap-1.5 text-muted">
      {question}
      <Link to={to} search={(before: { to?: string }) => before} className="inline-flex min-h-10 items-center font-semibold text-brand underline-offset-4 hover:underline">
        {text}
      </Link>
    </span>
  );
}
