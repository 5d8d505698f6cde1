import { Button, buttonClass } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

interface FailureTexts {
  readonly notFound: { readonly title: string; readonly text: string; readonly home: string };
  readonly failure: { readonly crashed: string; readonly retry: string };
}

/** The pages for what is not there and for what broke, in an app's own words. */
export function failurePagesWith(texts: FailureTexts) {
  function NotFoundPage() {
    return (
      <main className="mx-auto flex max-w-sm flex-col gap-4 px-5 py-16">
        <h1 className="text-2xl font-bold">{texts.notFound.title}</h1>
        <p className="text-muted">{texts.notFound.text}</p>
        <Link to="/" className={buttonClass()}>
          {texts.notFound.home}
        </Link>
      </main>
    );
  }

  /** What a crash of a page shows in place of an empty screen. */
  function CrashPage({ error }: { readonly error: unknown }) {
    return (
      <main role="alert" className="mx-auto flex max-w-sm flex-col gap-4 px-5 py-16">
        <h1 className="text-2xl font-bold">{texts.failure.crashed}</h1>
        <p className="text-muted">{error instanceof Error ? error.message : ""}</p>
        <Button onClick={() => location.reload()}>{texts.failure.retry}</Button>
      </main>
    );
  }

  return { NotFoundPage, CrashPage };
}
