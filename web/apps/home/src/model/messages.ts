import { body, createApi, type Tokens } from "@livefloor/api";
import type { paths } from "@livefloor/api/laundry";
import { useQuery } from "@tanstack/react-query";

import { merged } from "./conversations.ts";

// Every system that has an outbox has it with this same route.
export type Outbox = paths["/outbox/messages"]["get"]["responses"][200]["content"]["application/json"];
export type Message = Outbox["items"][number];

/** Where the system is mounted, as a whole address ending in a slash: the page's own files are one folder below. */
export const mount = new URL("../", document.baseURI).href;

const EVERY_MS = 2_000;
/** So many messages are read again each time: of two written at once the later one may become visible first. */
const AGAIN = 20;

const api = createApi<paths, Tokens>({
  base: mount,
  keeper: { read: () => null, write: () => undefined, drop: () => undefined, subscribe: () => () => undefined },
});

/** All messages, and what comes while one looks. */
export function useOutbox() {
  return useQuery({
    queryKey: ["outbox"],
    queryFn: async ({ client, queryKey, signal }): Promise<Outbox> => {
      const known = client.getQueryData<Outbox>(queryKey)?.items ?? [];
      const after = known.at(-AGAIN)?.id ?? "";
      const told = await body(api.http.GET("/outbox/messages", { params: { query: { after } }, signal }));
      return { ...told, items: merged(known, told.items) };
    },
    refetchInterval: EVERY_MS,
    networkMode: "always",
    retry: false,
  });
}
