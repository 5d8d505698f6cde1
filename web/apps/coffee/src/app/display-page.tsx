import { body } from "@livefloor/api";
import type { MilkColor } from "@livefloor/api/coffee";
import { useLine } from "@livefloor/live";
import { Skeleton, useNow } from "@livefloor/ui";
import { queryOptions, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { Link, Navigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { AccountMenu } from "../features/account/account-menu.tsx";
import { BoardsView, BoardView } from "../features/display/board-view.tsx";
import { PairForm } from "../features/display/pair-form.tsx";
import { useFrames, useSession } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import { Loaded } from "../model/loaded.tsx";
import { api } from "../model/services.ts";
import { texts } from "../texts/index.ts";
import { EntryFrame } from "./entry-layout.tsx";

const STALE_MS = 30_000;
const AGAIN_MS = 15_000;
const WALL = <Skeleton className="m-8 h-96" />;
const SHOWN = ["order_created", "order_updated", "milk_colors_updated", "station_updated", "settings_updated", "menu_updated", "display_updated", "inventory_updated"];

const milksQuery = queryOptions({ queryKey: ["board", "milks"], queryFn: async (): Promise<readonly MilkColor[]> => (await body(api.http.GET("/api/settings/milk-colors"))).milk_colors });

/** What a board asks for: at each word of the line, and now and then for what no event tells. */
function useBoard<Data extends { readonly seq: number }>(key: string, ask: () => Promise<Data>): UseQueryResult<Data> {
  const queries = useQueryClient();
  useFrames(SHOWN, () => void queries.invalidateQueries({ queryKey: ["board"] }));
  return useQuery({
    queryKey: ["board", key],
    queryFn: async () => {
      const board = await ask();
      live.start(`${board.seq}.0`);
      return board;
    },
    refetchInterval: AGAIN_MS,
  });
}

/** True once nothing was heard for half a minute: a name called long ago is not shown as ready. */
function useIsStale(heardAt: number): boolean {
  const now = useNow();
  const { line } = useLine(live);
  return line !== "live" && now - heardAt > STALE_MS;
}

export function BoardPage() {
  const station = Number(useParams({ strict: false }).id);
  useEffect(() => {
    void live.join(station);
    return () => live.leave(station);
  }, [station]);
  const board = useBoard(String(station), () => body(api.http.GET("/api/display/station/{station_id}", { params: { path: { station_id: station } } })));
  const milks = useQuery(milksQuery).data ?? [];
  const isStale = useIsStale(board.dataUpdatedAt);
  return <Loaded query={board} skeleton={WALL}>{(data) => <BoardView board={data} milks={milks} isStale={isStale} account={<Corner />} />}</Loaded>;
}

/** All stations; or, on a screen that nobody has signed in on, the pairing. */
export function BoardsPage() {
  const session = useSession();
  if (session?.user.role === "display" && session.user.station_id !== null) return <Navigate to="/display/$id" params={{ id: String(session.user.station_id) }} replace />;
  if (session !== null) return <AllBoards />;
  return (
    <EntryFrame>
      <PairForm />
      <Link to="/login" className="mt-4 inline-flex min-h-12 items-center font-semibold text-brand underline underline-offset-4">
        {texts.display.signIn}
      </Link>
    </EntryFrame>
  );
}

function AllBoards() {
  const boards = useBoard("all", () => body(api.http.GET("/api/display/all")));
  const milks = useQuery(milksQuery).data ?? [];
  const isStale = useIsStale(boards.dataUpdatedAt);
  return <Loaded query={boards} skeleton={WALL}>{(data) => <BoardsView boards={data.stations} milks={milks} isStale={isStale} account={<Corner />} />}</Loaded>;
}

/** The way out, for whoever set the board up. */
function Corner() {
  const role = useSession()?.user.role;
  return (
    <div className="flex items-center gap-2">
      {role !== "display" && (
        <Link to="/" className="inline-flex min-h-12 items-center px-2 font-semibold text-brand underline underline-offset-4">
          {texts.notFound.home}
        </Link>
      )}
      <AccountMenu />
    </div>
  );
}
