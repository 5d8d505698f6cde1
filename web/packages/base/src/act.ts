import { newKey, Problem } from "@livefloor/api";
import { useMutation, type UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";

/** The same act is still under way at the server, in the words of either system. */
const IN_PROGRESS: ReadonlySet<string> = new Set(["request_in_progress", "in_progress"]);

/**
 * An act of the person: one call with its own Idempotency-Key.
 *
 * While no answer came, trying again sends the same key: an act that did reach the server is not done twice.
 */
export function useAct<Input, Result>(
  act: (input: Input, key: string) => Promise<Result>,
  onDone?: (result: Result) => void,
): UseMutationResult<Result, Error, Input> {
  const open = useRef<{ key: string; input: string } | null>(null);
  return useMutation({
    mutationFn: async (input: Input) => {
      const text = JSON.stringify(input, (_, value: unknown) => (value instanceof File ? [value.name, value.size, value.lastModified] : value));
      if (open.current?.input !== text) open.current = { key: newKey(), input: text };
      try {
        const result = await act(input, open.current.key);
        open.current = null;
        return result;
      } catch (error) {
        const isAnswered = error instanceof Problem && !error.isOffline && error.status < 500;
        if (isAnswered) open.current = null;
        throw error;
      }
    },
    ...(onDone === undefined ? {} : { onSuccess: onDone }),
  });
}

/** The refusal of the server that is final; null for a server in trouble, too many at once, or a session that ended. */
export function refusal(error: unknown): string | null {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error);
  const isOpen = error.isOffline || error.status >= 500 || error.status === 429 || error.status === 401 || IN_PROGRESS.has(error.code);
  return isOpen ? null : error.message;
}

export const waitMs = (error: unknown): number | null => (error instanceof Problem && error.retryAfter !== null ? error.retryAfter * 1000 : null);

export const keyed = (key: string) => ({ headers: { "Idempotency-Key": key } });
