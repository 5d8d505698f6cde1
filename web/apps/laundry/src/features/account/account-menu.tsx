import { done } from "@livefloor/api";
import { Button, Choices, DeviceIcon, IconButton, MoonIcon, setTheme, Sheet, SignOutIcon, SunIcon, useTheme, UserIcon } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { useSession } from "../../model/hooks.ts";
import { api, keeper } from "../../model/services.ts";
import { texts } from "../../texts.ts";

/** Close the session here at once; the server is told, but nobody has to wait for it to leave. */
async function signOut(): Promise<void> {
  try {
    await done(api.http.POST("/api/v1/auth/logout", { body: {} }));
  } finally {
    keeper.drop();
  }
}

/** Who is signed in, light or dark, and the way out. */
export function AccountMenu() {
  const [open, setOpen] = useState(false);
  const user = useSession()?.user;
  const theme = useTheme();
  const leave = useMutation({ mutationFn: signOut });
  if (user === undefined) return null;
  const { account } = texts;
  return (
    <>
      <IconButton label={account.open} onClick={() => setOpen(true)}>
        <UserIcon />
      </IconButton>
      {open && (
        <Sheet
          title={user.display_name}
          description={[account.roles[user.role], user.student_id].filter(Boolean).join(" · ")}
          closeLabel={texts.close}
          onClose={() => setOpen(false)}
        >
          <div className="flex flex-col gap-5 pt-1">
            <Choices
              legend={account.theme}
              layout="bar"
              value={theme}
              onChange={setTheme}
              choices={[
                { value: "system", label: account.themes.system, icon: <DeviceIcon className="size-5" /> },
                { value: "light", label: account.themes.light, icon: <SunIcon className="size-5" /> },
                { value: "dark", label: account.themes.dark, icon: <MoonIcon className="size-5" /> },
              ]}
            />
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
