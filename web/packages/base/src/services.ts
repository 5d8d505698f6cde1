import { QueryClient } from "@tanstack/react-query";

/** Answers stay until something says that they are old: what changes comes over the live line. */
export function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: 1, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
