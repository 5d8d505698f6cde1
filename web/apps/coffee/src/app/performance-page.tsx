import { Button, EmptyState, LoadingState, Skeleton } from "@livefloor/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { loadAll, loadOne, type Asked } from "../features/performance/api.ts";
import { Asking, TakeHome } from "../features/performance/asking.tsx";
import { AllCards, ByDrink, ByHour, PeopleTable, PersonCards, Reasons, Shifts, Titled } from "../features/performance/figures-view.tsx";
import { menuQuery, stationsQuery, useUser, useZone } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import type { Session } from "../model/services.ts";
import { texts } from "../texts/lead/index.ts";

const { performance: words } = texts;
const AGAIN_MS = 20_000;
const WHOLE: Asked = { span: { name: "event" }, station: null };
const BONES = (
  <LoadingState label={words.counting}>
    <Skeleton className="h-96" />
  </LoadingState>
);
/** The last figures stay while the next are counted. */
const counted = { placeholderData: keepPreviousData, refetchOnMount: "always", refetchInterval: AGAIN_MS } as const;

/** How people do: all of them for leads, oneself for a barista. */
export function PerformancePage() {
  const user = useUser();
  if (user === undefined) return null;
  return user.role === "barista" ? <OwnFigures user={user} /> : <AllFigures />;
}

function useDrinkName(): (code: string) => string {
  const menu = useQuery(menuQuery).data;
  return (code) => menu?.items.find((drink) => drink.code === code)?.name ?? code;
}

function OwnFigures({ user }: { readonly user: Session["user"] }) {
  const zone = useZone();
  const [asked, setAsked] = useState(WHOLE);
  const drinkName = useDrinkName();
  const query = useQuery({ queryKey: ["stats", "own", user.id, asked], queryFn: () => loadOne(user.id, asked.span), ...counted });
  return (
    <div className="flex flex-col gap-6">
      <h1 className="text-2xl font-extrabold">{words.own}</h1>
      <Asking asked={asked} zone={zone} stations={null} onAsk={setAsked} />
      <Loaded query={query} skeleton={BONES}>
        {(stats) => (
          <div className="flex flex-col gap-8">
            {stats.orders_completed === 0 ? <EmptyState>{words.none}</EmptyState> : <PersonCards stats={stats} />}
            <div className="grid items-start gap-8 lg:grid-cols-2">
              <Titled title={words.byHour}>
                <ByHour people={[stats]} />
              </Titled>
              <Titled title={words.byDrink}>
                <ByDrink people={[stats]} drinkName={drinkName} />
              </Titled>
            </div>
            <Titled title={words.shifts}>
              <Shifts people={[{ ...stats, name: user.display_name }]} />
            </Titled>
          </div>
        )}
      </Loaded>
    </div>
  );
}

function AllFigures() {
  const zone = useZone();
  const { who } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [asked, setAsked] = useState(WHOLE);
  const stations = useQuery(stationsQuery).data?.filter(({ kind }) => kind === "service") ?? [];
  const drinkName = useDrinkName();
  const query = useQuery({ queryKey: ["stats", "all", asked], queryFn: () => loadAll(asked), ...counted });
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <h1 className="text-2xl font-extrabold">{words.title}</h1>
        <TakeHome asked={asked} />
      </div>
      <Asking asked={asked} zone={zone} stations={stations} onAsk={setAsked} />
      <Loaded query={query} skeleton={BONES}>
        {({ people, overview }) => {
          const one = people.find(({ user_id }) => user_id === who);
          const shown = one === undefined ? people : [one];
          const isEmpty = shown.every(({ orders_completed }) => orders_completed === 0);
          return (
            <div aria-busy={query.isPlaceholderData} className="flex flex-col gap-8">
              <Titled title={one?.name ?? words.headline}>
                {one !== undefined && (
                  <p className="mb-3">
                    <Button look="quiet" onClick={() => void navigate({ to: "/performance", search: {} })}>
                      {words.everybody}
                    </Button>
                  </p>
                )}
                {isEmpty ? <EmptyState>{words.none}</EmptyState> : one === undefined ? <AllCards overview={overview} /> : <PersonCards stats={one} />}
              </Titled>
              {one === undefined && people.length > 0 && (
                <Titled title={words.table}>
                  <PeopleTable
                    people={people}
                    name={({ user_id, name }) => (
                      <Link to="/performance" search={{ who: user_id }} className="inline-flex min-h-6 items-center py-2 font-bold text-brand underline underline-offset-4">
                        {name}
                      </Link>
                    )}
                  />
                </Titled>
              )}
              <div className="grid items-start gap-8 lg:grid-cols-2">
                <Titled title={words.byHour}>
                  <ByHour people={shown} />
                </Titled>
                <Titled title={words.byDrink}>
                  <ByDrink people={shown} drinkName={drinkName} />
                </Titled>
                {one === undefined && (
                  <Titled title={words.reasons}>
                    <Reasons reasons={overview.remakes_by_reason} />
                  </Titled>
                )}
                <Titled title={words.shifts}>
                  <Shifts people={shown} />
                </Titled>
              </div>
            </div>
          );
        }}
      </Loaded>
    </div>
  );
}
