import { BackIcon } from "@livefloor/ui";
import { Link, useParams } from "@tanstack/react-router";

import { PersonFile } from "../features/people/person-file.tsx";
import { texts } from "../texts/desk/index.ts";

export function PersonPage() {
  const { id } = useParams({ from: "/signed-in/people/$id" });
  return (
    <div className="mx-auto max-w-5xl">
      <Link to="/people" className="mb-2 -ml-2 inline-flex min-h-12 items-center gap-1 rounded-2xl px-2 font-semibold text-brand-strong">
        <BackIcon className="size-5" />
        {texts.people.back}
      </Link>
      <PersonFile key={id} id={id} />
    </div>
  );
}
