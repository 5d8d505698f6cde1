import { body } from "@livefloor/api";
import { auditWith } from "@livefloor/base/audit";

import { Paged } from "../../model/loaded.tsx";
import { api } from "../../model/services.ts";
import { texts } from "../../texts/lead/index.ts";

export const { AuditLines, AuditExport } = auditWith(
  {
    load: async (query) => {
      const found = await body(api.http.GET("/api/audit/", { params: { query } }));
      // Text comes only where `format` asks for it.
      if (typeof found === "string") throw new TypeError(found);
      return found;
    },
    asFile: (query) => body(api.http.GET("/api/audit/", { params: { query: { ...query, format: "csv" } }, parseAs: "blob" })),
  },
  texts.audit,
  Paged,
);
