import { body, done } from "@livefloor/api";
import { RunningPanels, runningTexts, type RunningCalls } from "@livefloor/base/running";
import { buttonClass } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { api } from "../model/services.ts";

const CALLS: RunningCalls = {
  load: () => body(api.http.GET("/api/running")),
  letters: (cursor) => body(api.http.GET("/api/running/dead-letters", { params: { query: cursor === null ? {} : { cursor } } })),
  retry: (id, key) => done(api.http.POST("/api/running/dead-letters/{id}/retry", { params: { path: { id } }, headers: { "Idempotency-Key": key } })),
};

/** What runs by itself. */
export function RunningPage() {
  return (
    <>
      <div className="mb-5 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 className="text-2xl font-extrabold">{runningTexts.title}</h1>
          <p className="mt-1 text-muted">{runningTexts.intro}</p>
        </div>
        <Link to="/audit" className={buttonClass("quiet")}>
          {runningTexts.audit}
        </Link>
      </div>
      <RunningPanels calls={CALLS} />
    </>
  );
}
