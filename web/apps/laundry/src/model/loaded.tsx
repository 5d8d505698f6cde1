import { Button, EmptyState, ErrorState, LoadingState, Skeleton } from "@livefloor/ui";
import { useInfiniteQuery, type UseInfiniteQueryResult, type UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { texts } from "../texts/index.ts";

const RETRY_MS = 5_000;

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** What was asked for; else that it loads, or why it did not come, with a way to ask again. */
export function Loaded<Data>({ query, skeleton = <Skeleton className="h-48" />, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  return <NotLoaded query={query} skeleton={skeleton} />;
}

interface Asked {
  readonly error: Error | null;
  readonly isFetching: boolean;
  readonly refetch: () => Promise<unknown>;
}

function NotLoaded({ query, skeleton }: { readonly query: Asked; readonly skeleton: ReactNode }) {
  if (query.error === null) return <LoadingState label={texts.loading}>{skeleton}</LoadingState>;
  return (
    <ErrorState
      title={texts.failure.title}
      detail={query.error.message}
      retryLabel={texts.failure.retry}
      busyLabel={texts.failure.retrying}
      busy={query.isFetching}
      onRetry={() => void query.refetch()}
    />
  );
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

export interface Pages<Item> {
  readonly items: readonly Item[] | undefined;
  readonly query: UseInfiniteQueryResult<readonly Item[]>;
}

/** A list that comes in pages, oldest request first; more is asked for by `More`. */
export function usePages<Item>(key: readonly unknown[], load: (cursor: string | null) => Promise<Page<Item>>, enabled = true): Pages<Item> {
  const query = useInfiniteQuery({
    queryKey: key,
    enabled,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => load(pageParam),
    getNextPageParam: (last) => last.next_cursor,
    select: ({ pages }): readonly Item[] => pages.flatMap(({ items }) => items),
    refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
  });
  return { items: query.data, query };
}

interface PagedProps<Item> {
  readonly pages: Pages<Item>;
  /** What to do next when there is nothing. */
  readonly empty: string;
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** The pages loaded so far, with a button for the next one. */
export function Paged<Item>({ pages: { items, query }, empty, children }: PagedProps<Item>) {
  if (items === undefined) return <NotLoaded query={query} skeleton={<Skeleton className="h-48" />} />;
  if (items.length === 0) return <EmptyState>{empty}</EmptyState>;
  return (
    <>
      {children(items)}
      {query.hasNextPage && (
        <p className="mt-3 text-center">
          <Button look="soft" busy={query.isFetchingNextPage && texts.loading} onClick={() => void query.fetchNextPage()}>
            {texts.more}
          </Button>
        </p>
      )}
    </>
  );
}
