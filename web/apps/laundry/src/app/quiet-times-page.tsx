import { QuietTimes } from "../features/quiet-times/quiet-times.tsx";
import { texts } from "../texts/student/index.ts";

export function QuietTimesPage() {
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="mb-4 text-2xl font-bold">{texts.quiet.title}</h1>
      <QuietTimes />
    </div>
  );
}
