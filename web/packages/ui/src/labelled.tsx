/** A label with what is said below it. */
export function Labelled({ label, note }: { readonly label: string; readonly note: string | undefined }) {
  return (
    <span className="min-w-0 flex-1 py-1.5 leading-tight">
      {label}
      {note !== undefined && <span className="block text-sm font-medium">{note}</span>}
    </span>
  );
}
