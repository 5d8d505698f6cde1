import { useNavigate, useSearch } from "@tanstack/react-router";

import { PeopleList } from "../features/people/people-list.tsx";
import { texts } from "../texts/desk/index.ts";

/** Find somebody. What is looked for stands in the address, so that coming back from a person shows it again. */
export function PeoplePage() {
  const wanted = useSearch({ from: "/signed-in/people" });
  const navigate = useNavigate();
  return (
    <>
      <h1 className="mb-4 text-2xl font-bold">{texts.people.title}</h1>
      <PeopleList wanted={wanted} onWant={(search) => void navigate({ to: "/people", search, replace: true, resetScroll: false })} />
    </>
  );
}
