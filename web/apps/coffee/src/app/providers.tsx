import { Announcer, ClockProvider, Toaster } from "@livefloor/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";

import { clock, queries } from "../model/services.ts";
import { texts } from "../texts/index.ts";
import { router } from "./router.tsx";

const now = (): number => clock.now();

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <ClockProvider value={now}>
        <RouterProvider router={router} />
        <Toaster dismissLabel={texts.dismiss} place="bottom" />
        <Announcer />
      </ClockProvider>
    </QueryClientProvider>
  );
}
