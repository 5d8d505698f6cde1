import { Button, DownloadIcon, LoadingState, Notice, Skeleton, useNow } from "@livefloor/ui";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useViewer } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { reasonOf, texts } from "../../texts/desk/index.ts";
import { downloadCsv, getInsights, type Span } from "./api.ts";
import { dayText } from "./figures.ts";
import { InsightsView } from "./insights-view.tsx";
import { SpanPicker } from "./span-picker.tsx";
import { dayAt, lastDays, lengthOf } from "./spans.ts";

const { insights } = texts;

/** Choose the days, see their figures, take them along as CSV. */
export function InsightsBoard({ zone }: { readonly zone: string }) {
  const today = dayAt(useNow(60_000), zone);
  const { offline } = useViewer(60_000);
  const [picked, setPicked] = useState<Span | null>(null);
  const span = picked ?? lastDays(28, today);
  const days = lengthOf(span);
  // The last figures stay while the next are counted: a long span takes the server a while.
  const query = useQuery({ queryKey: ["insights", span.from, span.to], queryFn: () => getInsights(span), placeholderData: keepPreviousData, refetchOnMount: "always" });
  const csv = useMutation({ mutationFn: downloadCsv });
  const isCounting = query.isFetching;
  return (
    <>
      <div className="mb-5 flex flex-col gap-3 md:flex-row md:items-end md:justify-between">
        <SpanPicker today={today} span={span} onPick={setPicked} />
        <Button look="soft" disabled={offline} busy={csv.isPending && insights.loadingCsv} onClick={() => csv.mutate(span)}>
          <DownloadIcon className="size-5" />
          {insights.csv}
        </Button>
      </div>
      {csv.error !== null && (
        <Notice tone="danger" role="alert">
          {reasonOf(csv.error)}
        </Notice>
      )}
      <div className="mb-4 flex min-h-6 flex-wrap items-center gap-x-3 text-sm text-muted">
        <span>{insights.span(dayText(span.from), dayText(span.to))}</span>
        <span role="status" className="animate-breathe font-semibold text-brand-strong">
          {isCounting && insights.counting(days)}
        </span>
      </div>
      <Loaded
        query={query}
        skeleton={
          <LoadingState label={insights.counting(days)}>
            <Skeleton className="h-96" />
          </LoadingState>
        }
      >
        {(figures) => (
          <div aria-busy={isCounting} className={query.isPlaceholderData ? "opacity-60" : undefined}>
            <InsightsView figures={figures} days={lengthOf(figures)} />
          </div>
        )}
      </Loaded>
    </>
  );
}
