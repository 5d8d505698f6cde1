import { useQuery } from "@tanstack/react-query";

import { settingsQuery, type SettingKey } from "../features/settings/api.ts";
import { SettingsForm } from "../features/settings/settings-form.tsx";
import { Loaded } from "../model/loaded.tsx";
import { texts } from "../texts/admin/index.ts";
import { authorOf } from "./admin-authors.ts";
import { AdminFrame } from "./admin-frame.tsx";

interface SettingsData {
  readonly changes?: readonly { readonly key: string }[];
}

const lastAuthor = (key: SettingKey): Promise<string | null> =>
  authorOf("settings.changed", "", ({ data }) => (data as SettingsData).changes?.some((change) => change.key === key) === true);

export function AdminSettingsPage() {
  const query = useQuery(settingsQuery);
  return (
    <AdminFrame title={texts.settings.title} intro={texts.settings.intro}>
      <Loaded query={query}>{(settings) => <SettingsForm settings={settings} authorOf={lastAuthor} />}</Loaded>
    </AdminFrame>
  );
}
