import { done } from "@livefloor/api";
import { AccountMenu as Menu } from "@livefloor/base/account";
import { Choices } from "@livefloor/ui";

import { useUser } from "../../model/hooks.ts";
import { api, keeper } from "../../model/services.ts";
import { setSound, useSound } from "../../model/sound.ts";
import { texts } from "../../texts/index.ts";

/** Who is signed in, language, light or dark, sound, and the way out. */
export function AccountMenu() {
  const user = useUser();
  const sound = useSound();
  if (user === undefined) return null;
  const { account } = texts;
  return (
    <Menu title={user.display_name} description={`${account.roles[user.role]} · ${user.username}`} words={account} closeLabel={texts.close} keeper={keeper} signOut={() => done(api.http.POST("/api/auth/logout"))}>
      {() => (
        <Choices
          legend={account.sound}
          layout="bar"
          value={sound}
          onChange={setSound}
          choices={[
            { value: "on", label: account.sounds.on },
            { value: "off", label: account.sounds.off },
          ]}
        />
      )}
    </Menu>
  );
}
