import { body } from "@livefloor/api";
import { keyed } from "@livefloor/base";
import { queryOptions } from "@tanstack/react-query";

import { api } from "../../model/services.ts";

/** How texts are sent; nothing tells of a change, so it is looked up on each visit. */
export const smsQuery = queryOptions({ queryKey: ["settings", "sms"], queryFn: () => body(api.http.GET("/api/settings/sms")), staleTime: 0 });

export type SmsState = Awaited<ReturnType<NonNullable<(typeof smsQuery)["queryFn"]>>>;

export async function sendTest(to: string, key: string) {
  return (await body(api.http.POST("/api/settings/sms/test", { body: { to }, ...keyed(key) }))).message;
}
