import { Announcer, Button, Toaster } from "@livefloor/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { Component, lazy, Suspense, type ReactNode } from "react";

import { useGuestPath } from "../../model/guest-path.ts";
import { queries } from "../../model/guest.ts";
import { texts } from "../../texts/guest/index.ts";
import { GuestNotFound } from "./guest-frame.tsx";
import { JoinPage } from "./join-page.tsx";
import { MenuPage } from "./menu-page.tsx";
import { TicketPage } from "./ticket-page.tsx";

const SimulatorPage = lazy(async () => ({ default: (await import("./simulator-page.tsx")).SimulatorPage }));

/** The pages of those without an account: a document of their own, with nothing of the crew's in it. */
export function GuestApp() {
  return (
    <QueryClientProvider client={queries}>
      <Crash>
        <Suspense>
          <Page />
        </Suspense>
      </Crash>
      <Toaster dismissLabel={texts.dismiss} place="bottom" />
      <Announcer />
    </QueryClientProvider>
  );
}

function Page() {
  const [page, code = ""] = useGuestPath().split("/").map(decodeURIComponent);
  if (page === "phone-simulator") return <SimulatorPage />;
  if (code === "") return <GuestNotFound />;
  switch (page) {
    case "menu":
      return <MenuPage key={code} code={code} />;
    case "o":
      return <TicketPage key={code} token={code} />;
    case "g":
      return <JoinPage key={code} code={code} />;
    default:
      return <GuestNotFound />;
  }
}

/** What a crash of a page shows in place of an empty screen. */
class Crash extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <main role="alert" className="mx-auto flex max-w-sm flex-col gap-4 px-5 py-16">
        <h1 className="text-2xl font-bold">{texts.failure.crashed}</h1>
        <Button onClick={() => location.reload()}>{texts.failure.retry}</Button>
      </main>
    );
  }
}
