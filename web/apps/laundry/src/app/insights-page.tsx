import { InsightsBoard } from "../features/insights/insights-board.tsx";
import { QuietTimes } from "../features/quiet-times/quiet-times.tsx";
import { useMeta } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { texts } from "../texts/desk/index.ts";
import { texts as student } from "../texts/student/index.ts";

/** How the room is used: figures of a span of days, and the usual week. */
export function InsightsPage() {
  const meta = useMeta();
  return (
    <>
      <h1 className="mb-4 text-2xl font-bold">{texts.insights.title}</h1>
      <Loaded query={meta}>{({ timezone }) => <InsightsBoard zone={timezone} />}</Loaded>
      <section className="mt-8 max-w-xl">
        <h2 className="mb-2 text-lg font-bold">{student.quiet.title}</h2>
        <QuietTimes />
      </section>
    </>
  );
}
