import { texts } from "../../texts/index.ts";

/** Nothing was sent yet: how to make something be. */
export function EmptyOutbox() {
  const { empty } = texts.outbox;
  return (
    <div className="mx-auto max-w-xl rounded-3xl border border-dashed border-edge p-6">
      <h2 className="text-lg font-bold">{empty.title}</h2>
      <p className="mt-2 text-muted">{empty.text}</p>
      <ol className="mt-2 list-decimal space-y-1 pl-6 text-muted">
        {empty.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}
