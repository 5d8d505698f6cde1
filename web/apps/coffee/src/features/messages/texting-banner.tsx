import { body } from "@livefloor/api";
import { Notice } from "@livefloor/ui";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { eventQuery, useFrames } from "../../model/hooks.ts";
import { api } from "../../model/services.ts";
import { texts } from "../../texts/crew/index.ts";

const { messages: words } = texts;
const AGAIN_MS = 60_000;
const MANY = 100;
/** How the server names the alert that the provider does not take our keys. */
const REFUSED_KEYS = "SMS credentials refused";

/** Whether texts go out, and why not. */
export function TextingBanner() {
  const queries = useQueryClient();
  useFrames(["alert_opened", "alert_updated"], () => void queries.invalidateQueries({ queryKey: ["texting", "alerts"] }));
  const me = useQuery({ queryKey: ["texting", "features"], queryFn: async () => (await body(api.http.GET("/api/auth/me"))).features.sms ?? null });
  const alerts = useQuery({
    queryKey: ["texting", "alerts"],
    queryFn: async () => (await body(api.http.GET("/api/alerts/", { params: { query: { open: true, limit: MANY } } }))).items.filter(({ kind }) => kind === "sms_failing"),
    refetchOnMount: "always",
    refetchInterval: AGAIN_MS,
  });
  const takesOrders = useQuery(eventQuery).data?.sms_ordering !== false;
  if (me.data === "off") {
    return (
      <Notice tone="danger" role="status">
        <p className="text-base">{words.off}</p>
      </Notice>
    );
  }
  const [failing] = alerts.data ?? [];
  return (
    <>
      {failing !== undefined && (
        <Notice tone="danger" role="status">
          <p className="text-base">{failing.subject === REFUSED_KEYS ? words.refusedKeys : words.failing}</p>
        </Notice>
      )}
      {!takesOrders && (
        <Notice tone="held">
          <p className="text-base">{words.ordering}</p>
        </Notice>
      )}
      {me.data === "simulator" && (
        <Notice tone="off">
          <p className="text-base">{words.simulator}</p>
        </Notice>
      )}
    </>
  );
}
