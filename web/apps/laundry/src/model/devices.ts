const KEY = "livefloor-laundry devices";

type Devices = Record<string, string>;

function read(): Devices {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? "{}") as Devices | null) ?? {};
  } catch {
    return {};
  }
}

/** The proof that this person has signed in on this device before. It outlives the session. */
export function deviceToken(personalId: string): string | undefined {
  return read()[personalId];
}

export function keepDeviceToken(personalId: string, token: string): void {
  localStorage.setItem(KEY, JSON.stringify({ ...read(), [personalId]: token }));
}
