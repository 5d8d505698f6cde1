import { download } from "@livefloor/base/download";
import { Button, DownloadIcon, type LogFilter, Refusal } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";

import { texts } from "../../texts/admin/index.ts";
import { exportAudit } from "./api.ts";

/** The same events as a file. */
export function AuditExport({ search }: { readonly search: LogFilter }) {
  const { audit } = texts;
  const load = useMutation({ mutationFn: exportAudit, onSuccess: (file) => download(file, "audit.csv") });
  return (
    <div className="flex flex-col items-start gap-2">
      <Button look="quiet" aria-describedby="audit-export-hint" busy={load.isPending && audit.preparing} onClick={() => load.mutate(search)}>
        <DownloadIcon className="size-5" />
        {audit.csv}
      </Button>
      <p id="audit-export-hint" className="text-sm text-muted">
        {audit.csvHint}
      </p>
      <Refusal error={load.error} />
    </div>
  );
}
