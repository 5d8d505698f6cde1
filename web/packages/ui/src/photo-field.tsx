import { useId } from "react";

import { Button } from "./button.tsx";
import { CameraIcon } from "./icons.tsx";
import { smallPhoto } from "./photo-file.ts";

export interface PhotoFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly removeLabel: string;
  /** Read out for the preview. */
  readonly previewAlt: string;
  readonly error?: string | undefined;
  readonly value: File | null;
  readonly onChange: (photo: File | null) => void;
}

/** Take or choose a photo, see it before it is sent, take it back. */
export function PhotoField({ label, hint, removeLabel, previewAlt, error, value, onChange }: PhotoFieldProps) {
  const id = useId();
  return (
    <div>
      <label
        htmlFor={id}
        className="flex min-h-13 cursor-pointer items-center gap-3 rounded-2xl border border-dashed border-edge px-4 py-2 font-semibold has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
      >
        <CameraIcon />
        {label}
        <input
          id={id}
          type="file"
          accept="image/*"
          capture="environment"
          aria-describedby={`${id}-note`}
          aria-invalid={error === undefined ? undefined : true}
          className="sr-only"
          onChange={(event) => {
            const taken = event.target.files?.[0];
            if (taken !== undefined) void smallPhoto(taken).then(onChange);
            event.target.value = "";
          }}
        />
      </label>
      <p id={`${id}-note`} className={error === undefined ? "mt-1.5 text-sm text-muted" : "mt-1.5 text-sm text-danger"}>
        {error ?? hint}
      </p>
      {value !== null && (
        <div className="mt-2 flex flex-wrap items-end gap-3">
          <Preview key={`${value.name} ${value.lastModified}`} photo={value} alt={previewAlt} />
          <Button look="quiet" onClick={() => onChange(null)}>
            {removeLabel}
          </Button>
        </div>
      )}
    </div>
  );
}

function Preview({ photo, alt }: { readonly photo: File; readonly alt: string }) {
  const show = (image: HTMLImageElement): (() => void) => {
    image.src = URL.createObjectURL(photo);
    return () => URL.revokeObjectURL(image.src);
  };
  return <img ref={show} alt={alt} className="max-h-48 max-w-full rounded-2xl" />;
}
