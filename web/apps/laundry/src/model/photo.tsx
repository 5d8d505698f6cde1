import { Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { api } from "./services.ts";
import { base } from "./mount.ts";

interface PhotoProps {
  /** Path as the server gives it, such as `/api/v1/fault-photos/…`. */
  readonly path: string;
  readonly alt: string;
}

/** A picture that only some may see: fetched with the session, because an `img` alone would come without it. */
export function Photo({ path, alt }: PhotoProps) {
  const { data, error } = useQuery({
    queryKey: ["photo", path],
    gcTime: 0,
    queryFn: async () => {
      const response = await api.send(new Request(new URL(path.replace(/^\//, ""), base)));
      if (!response.ok) throw new Error(String(response.status));
      return URL.createObjectURL(await response.blob());
    },
  });
  useEffect(() => () => (data === undefined ? undefined : URL.revokeObjectURL(data)), [data]);
  if (error !== null) return <p className="text-sm text-muted">{alt}</p>;
  if (data === undefined) return <Skeleton className="h-40" />;
  return <img src={data} alt={alt} className="max-h-96 w-full rounded-2xl object-contain" />;
}
