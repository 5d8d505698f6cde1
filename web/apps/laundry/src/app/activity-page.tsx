import { Feed } from "../features/activity/feed.tsx";
import { texts } from "../texts/student/index.ts";

export function ActivityPage() {
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="mb-4 text-2xl font-bold">{texts.activity.title}</h1>
      <Feed />
    </div>
  );
}
