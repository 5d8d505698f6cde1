import { done } from "@livefloor/api";
import { Button, Choices, IconButton, LookChoices, Sheet, SignOutIcon, UserIcon } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { useUser } from "../../model/hooks.ts";
import { api, keeper } from "../../model/services.ts";
import { setSound, useSound } from "../../model/sound.ts";
import { texts } from "../../texts/index.ts";

/** Close the session here at once; the server is told, but nobody has to wait for it to leave. */
async function signOut(): Promise<void> {
  try {
    await done(api.http.POST("/api/auth/logout"));
  } finally {
    keeper.drop();
  }
}

/** Who is signed in, language, light or dark, sound, and the way out. */
export function AccountMenu() {
  const [open, setOpen] = useState(false);
  const user = useUser();
  const sound = useSound();
  const leave = useMutation({ mutationFn: signOut });
  if (user === undefined) return null;
  const { account } = texts;
  return (
    <>
      <IconButton label={account.open} onClick={() => setOpen(true)}>
        <UserIcon />
      </IconButton>
      {open && (
        <Sheet title={user.display_name} description={`${account.roles[user.role]} · ${user.username}`} closeLabel={texts.close} onClose={() => setOpen(false)}>
          <div className="flex flex-col gap-5 pt-1">
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
            <LookChoices texts={account} />
            <Button look="quiet" busy={leave.isPending && account.signingOut} onClick={() => leave.mutate()}>
              <SignOutIcon className="size-5" />
              {account.signOut}
            </Button>
          </div>
        </Sheet>
      )}
    </>
  );
}
