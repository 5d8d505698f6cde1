import { useEffect, useState } from "react";

const PAUSE_MS = 300;

/** The value once it has stood still for a moment, so that each letter is no question to the server. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
