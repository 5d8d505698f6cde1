import { useEffect, useRef } from "react";

/** The end of a log: it comes into sight whenever `on` changes. The class keeps room for what lies over the bottom. */
export function ScrollEnd({ on, className }: { readonly on: string; readonly className: string }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [on]);
  return <div ref={end} className={className} />;
}
