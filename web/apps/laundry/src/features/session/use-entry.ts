import { useNow } from "@livefloor/ui";
import { useMutation, type UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";

export interface Entry<Input> {
  readonly mutation: UseMutationResult<void, Error, Input>;
  readonly failedAt: number;
}

/** One way in: the call, and when it failed last. Without an Idempotency-Key: answers with tokens are never stored. */
export function useEntry<Input>(act: (input: Input) => Promise<void>): Entry<Input> {
  const now = useNow();
  const [failedAt, setFailedAt] = useState(0);
  const mutation = useMutation({ mutationFn: act, onError: () => setFailedAt(now) });
  return { mutation, failedAt };
}
