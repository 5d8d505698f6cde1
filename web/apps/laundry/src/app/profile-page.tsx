import { Choices, Notice, Skeleton, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { OwnActivity } from "../features/activity/own-activity.tsx";
import { PushSwitch } from "../features/notifications/push-switch.tsx";
import { loadProfile, PROFILE_KEY, type Profile } from "../features/profile/api.ts";
import { DeleteAccount } from "../features/profile/delete-account.tsx";
import { OwnLoads } from "../features/profile/loads.tsx";
import { PersonForm } from "../features/profile/person-form.tsx";
import { PinSection } from "../features/profile/pin-form.tsx";
import { Devices, Sessions } from "../features/profile/sessions.tsx";
import { Loaded } from "../model/loaded.tsx";
import { whenText } from "../model/times.ts";
import { texts } from "../texts/student/index.ts";

const { profile: words } = texts;

/** One's own account: who one is, how one is told, where one is signed in, what one did. */
export function ProfilePage() {
  const query = useQuery({ queryKey: PROFILE_KEY, queryFn: loadProfile, refetchOnMount: "always" });
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="mb-4 text-2xl font-bold">{words.title}</h1>
      <Loaded query={query} skeleton={<Skeleton className="h-96" />}>
        {(profile) => (
          <>
            <Standing profile={profile} />
            <p className="mb-4 text-sm text-muted">
              {profile.role === "student" ? words.studentId : words.staffId}: <strong className="font-semibold text-ink">{profile.student_id}</strong>
            </p>
            <PersonForm profile={profile} />
            <div className="mt-8">
              <PushSwitch />
            </div>
            {profile.role === "student" && <PinSection profile={profile} />}
            <Sessions />
            <Devices devices={profile.devices} />
            <History isStudent={profile.role === "student"} />
            {profile.role === "student" && <DeleteAccount />}
          </>
        )}
      </Loaded>
    </div>
  );
}

/** What the person should know first: no lists for a while, missed turns, a PIN that is easy to guess. */
function Standing({ profile }: { readonly profile: Profile }) {
  const now = useNow(60_000);
  const { waitlist_suspended_until, no_shows_7d, pin_weak } = profile;
  return (
    <div className="mb-4 flex flex-col gap-2 empty:hidden">
      {waitlist_suspended_until !== null && <Notice tone="held">{words.suspended(whenText(waitlist_suspended_until, now))}</Notice>}
      {waitlist_suspended_until === null && no_shows_7d > 0 && <Notice tone="held">{words.noShows(no_shows_7d)}</Notice>}
      {pin_weak && <Notice tone="held">{words.weakPin}</Notice>}
    </div>
  );
}

function History({ isStudent }: { readonly isStudent: boolean }) {
  const [part, setPart] = useState<"loads" | "actions">(isStudent ? "loads" : "actions");
  return (
    <section className="mt-8">
      {isStudent ? (
        <div className="mb-3 [&_legend]:text-lg [&_legend]:font-bold">
          <Choices
            legend={words.history}
            layout="bar"
            value={part}
            onChange={setPart}
            choices={[
              { value: "loads", label: words.loads },
              { value: "actions", label: words.actions },
            ]}
          />
        </div>
      ) : (
        <h2 className="mb-2 text-lg font-bold">{words.history}</h2>
      )}
      {part === "loads" ? <OwnLoads /> : <OwnActivity />}
    </section>
  );
}
