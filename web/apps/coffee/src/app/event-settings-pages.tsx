import { Notice } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";

import { SettingsForm } from "../features/event-settings/settings-form.tsx";
import { smsQuery } from "../features/texting/api.ts";
import { SmsStatePanel } from "../features/texting/sms-state.tsx";
import { WordingsForm } from "../features/texting/wordings-form.tsx";
import { Loaded } from "../model/loaded.tsx";
import { useEventSettings } from "../model/settings.ts";
import { texts } from "../texts/settings/index.ts";
import { SettingsFrame } from "./settings-frame.tsx";

export function EventSettingsPage() {
  const query = useEventSettings();
  return (
    <SettingsFrame title={texts.event.title} intro={texts.event.intro}>
      <Loaded query={query}>{(stored) => <SettingsForm stored={stored} groups={["ordering", "hours", "limits", "waits", "ready", "lost", "privacy"]} />}</Loaded>
    </SettingsFrame>
  );
}

export function VipSettingsPage() {
  const query = useEventSettings();
  return (
    <SettingsFrame title={texts.vip.title} intro={texts.vip.intro}>
      <Loaded query={query}>
        {(stored) => (
          <div className="flex flex-col gap-6">
            {stored.settings.vip_word !== null && stored.vip_word_uses !== null && <Notice>{texts.vip.uses(stored.vip_word_uses, stored.settings.vip_word_max_uses)}</Notice>}
            <SettingsForm stored={stored} groups={["vip"]} />
          </div>
        )}
      </Loaded>
    </SettingsFrame>
  );
}

export function SmsSettingsPage() {
  const query = useEventSettings();
  const sms = useQuery(smsQuery);
  return (
    <SettingsFrame title={texts.sms.title} intro={texts.sms.intro}>
      <div className="flex flex-col gap-6">
        <Loaded query={sms}>{(state) => <SmsStatePanel state={state} />}</Loaded>
        <Loaded query={query}>{(stored) => <SettingsForm stored={stored} groups={["texts"]} />}</Loaded>
        {query.data !== undefined && sms.data !== undefined && <WordingsForm stored={query.data} originals={sms.data.wordings} />}
      </div>
    </SettingsFrame>
  );
}
