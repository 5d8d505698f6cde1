import { EraseIcon } from "./icons.tsx";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export interface NumberPadProps {
  readonly label: string;
  readonly eraseLabel: string;
  readonly onDigit: (digit: string) => void;
  readonly onErase: () => void;
}

/** Large digit keys for one thumb. The keys leave the focus in the field they fill. */
export function NumberPad({ label, eraseLabel, onDigit, onErase }: NumberPadProps) {
  const key = (digit: string) => (
    <button
      key={digit}
      type="button"
      tabIndex={-1}
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => onDigit(digit)}
      className="min-h-12 rounded-2xl bg-card text-2xl font-medium shadow-card transition-colors active:bg-brand-soft"
    >
      {digit}
    </button>
  );
  return (
    <div role="group" aria-label={label} className="grid grid-cols-3 gap-1.5">
      {KEYS.map(key)}
      <span />
      {key("0")}
      <button
        type="button"
        tabIndex={-1}
        aria-label={eraseLabel}
        onPointerDown={(event) => event.preventDefault()}
        onClick={onErase}
        className="flex min-h-12 items-center justify-center rounded-2xl text-muted active:bg-off-soft"
      >
        <EraseIcon />
      </button>
    </div>
  );
}
