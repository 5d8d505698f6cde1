import { body, done } from "@livefloor/api";
import { RunningPanels, runningTexts, type RunningCalls } from "@livefloor/base/running";
import { buttonClass } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { api } from "../model/services.ts";
import { AdminFrame } from "./admin-frame.tsx";

const CALLS: RunningCalls = {
  load: () => body(api.http.GET("/api/v1/admin/running")),
  letters: (cursor) => body(api.http.GET("/api/v1/admin/running/dead-letters", { params: { query: cursor === null ? {} : { cursor } } })),
  retry: (id, key) => done(api.http.POST("/api/v1/admin/running/dead-letters/{id}/retry", { params: { path: { id } }, headers: { "Idempotency-Key": key } })),
};

export function AdminRunningPage() {
  const search = (
    <Link to="/admin/audit" className={buttonClass("quiet")}>
      {runningTexts.audit}
    </Link>
  );
  return (
    <AdminFrame title={runningTexts.title} intro={runningTexts.intro} acts={search}>
      <RunningPanels calls={CALLS} />
    </AdminFrame>
  );
}
