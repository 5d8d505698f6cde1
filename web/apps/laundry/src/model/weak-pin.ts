const KNOWN = new Set(["1004", "2580", "0852", "2468", "1357"]);

/** True for the PINs that the server refuses as easy to guess. */
export function isWeakPin(pin: string, studentId = "", phone = ""): boolean {
  if (!/^\d{4}$/.test(pin)) return false;
  const [a = 0, b = 0, c = 0, d = 0] = Array.from(pin, Number);
  const isRun = (step: number): boolean => [b - a, c - b, d - c].every((gap) => (gap + 10) % 10 === (step + 10) % 10);
  return (
    isRun(0) ||
    isRun(1) ||
    isRun(-1) ||
    (a === c && b === d) ||
    (a === b && c === d) ||
    (pin >= "1950" && pin <= "2029") ||
    KNOWN.has(pin) ||
    (studentId.length === 6 && (studentId.startsWith(pin) || studentId.endsWith(pin))) ||
    (phone.length >= 4 && phone.endsWith(pin))
  );
}
