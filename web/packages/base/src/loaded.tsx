import { Button, EmptyState, ErrorState, LoadingState, Skeleton } from "@livefloor/ui";
import { useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

const RETRY_MS = 5_000;

/** What is said while something loads, when it did not come, and for the rest of a list. */
export interface LoadedTexts {
  readonly loading: string;
  readonly more: string;
  readonly failure: { readonly title: string; readonly retry: string; readonly retrying: string };
}

interface Asked {
  readonly error: Error | null;
  readonly isFetching: boolean;
  readonly refetch: () => Promise<unknown>;
}

interface NotLoadedProps {
  readonly query: Asked;
  readonly skeleton?: ReactNode;
}

interface LoadedProps<Data> extends NotLoadedProps {
  readonly query: Asked & { readonly data: Data | undefined };
  readonly children: (data: Data) => ReactNode;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

export interface Pages<Item> {
  readonly items: readonly Item[] | undefined;
  readonly query: UseInfiniteQueryResult<readonly Item[]>;
}

interface PagedProps<Item> {
  readonly pages: Pages<Item>;
  /** What to do next when there is nothing. */
  readonly empty: string;
  readonly children: (items: readonly Item[]) => ReactNode;
}

const BONES = <Skeleton className="h-48" />;

/** A list that comes in pages, oldest request first; more is asked for by `Paged`. */
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

/** What stands in place of data that is not there, in an app's own words. */
export function loadedWith(texts: LoadedTexts) {
  /** That it loads, or why it did not come, with a way to ask again. */
  function NotLoaded({ query, skeleton = BONES }: NotLoadedProps) {
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

  /** What was asked for; else what `NotLoaded` shows. */
  function Loaded<Data>({ query, skeleton, children }: LoadedProps<Data>) {
    return query.data === undefined ? <NotLoaded query={query} skeleton={skeleton} /> : children(query.data);
  }

  /** The pages loaded so far, with a button for the next one. */
  function Paged<Item>({ pages: { items, query }, empty, children }: PagedProps<Item>) {
    if (items === undefined) return <NotLoaded query={query} />;
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

  return { NotLoaded, Loaded, Paged };
}
